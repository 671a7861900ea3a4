package org.infrafabric.report;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** The loudness of a WAV file along its time, as the outline of an SVG picture: {@value #COLUMNS} columns, for 16-bit PCM. */
record Waveform(double seconds, double[] peaks) {
    static final int COLUMNS = 600;

    /** Empty for what is no 16-bit PCM WAV. */
    static Optional<Waveform> of(byte[] wav) {
        ByteBuffer in = ByteBuffer.wrap(wav).order(ByteOrder.LITTLE_ENDIAN);
        if (wav.length < 12 || !tag(in).equals("RIFF") || in.getInt() == 0 || !tag(in).equals("WAVE")) return Optional.empty();
        int channels = 0;
        int rate = 0;
        while (in.remaining() >= 8) {
            String chunk = tag(in);
            long size = Integer.toUnsignedLong(in.getInt());
            int here = (int) Math.min(size, in.remaining());
            if (chunk.equals("fmt ") && here >= 16) {
                boolean pcm = in.getShort(in.position()) == 1 && in.getShort(in.position() + 14) == 16;
                channels = pcm ? in.getShort(in.position() + 2) : 0;
                rate = in.getInt(in.position() + 4);
            }
            if (chunk.equals("data"))
                return channels < 1 || rate < 1 ? Optional.empty()
                        : Optional.of(of(in.slice(in.position(), here).order(ByteOrder.LITTLE_ENDIAN), channels, rate));
            in.position(in.position() + Math.min(here + (int) (size & 1), in.remaining()));
        }
        return Optional.empty();
    }

    private static Waveform of(ByteBuffer samples, int channels, int rate) {
        int count = samples.remaining() / 2;
        double[] peaks = new double[COLUMNS];
        for (int i = 0; i < count; i++) {
            int column = (int) ((long) i * COLUMNS / count);
            peaks[column] = Math.max(peaks[column], Math.abs(samples.getShort(2 * i)) / 32_768.0);
        }
        return new Waveform((double) count / channels / rate, peaks);
    }

    /** The outline, mirrored at its middle; the picture is {@value #COLUMNS} wide and 100 high. */
    String svg(String label) {
        StringBuilder path = new StringBuilder("M0 50");
        for (int i = 0; i < COLUMNS; i++) path.append(String.format(Locale.ROOT, "L%d %.1f", i, 50 - height(peaks[i])));
        for (int i = COLUMNS - 1; i >= 0; i--) path.append(String.format(Locale.ROOT, "L%d %.1f", i, 50 + height(peaks[i])));
        return new Html().raw("<svg class=\"wave\" viewBox=\"0 0 " + COLUMNS + " 100\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"")
                .text(label)
                .raw("\"><path d=\"" + path + "Z\"/></svg>").toString();
    }

    /** Speech on a phone is seldom loud: the square root lifts what is quiet. */
    private static double height(double peak) {
        return 0.6 + 48 * Math.sqrt(peak);
    }

    private static String tag(ByteBuffer in) {
        byte[] name = new byte[4];
        in.get(name);
        return new String(name, StandardCharsets.ISO_8859_1);
    }
}
