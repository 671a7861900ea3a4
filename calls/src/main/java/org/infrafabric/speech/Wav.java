package org.infrafabric.speech;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.infrafabric.media.Pcm;

/** RIFF/WAVE in memory: 16-bit PCM, any rate; several channels become one. Reading is bounded and trusts no size that the file states. */
public final class Wav {
    private static final int PCM = 1;
    private static final int EXTENSIBLE = 0xFFFE;
    private static final int HEADER_BYTES = 44;
    /** Chunks before the samples; real files have two to five. */
    private static final int MOST_CHUNKS = 64;

    private Wav() {}

    private record Format(int channels, int rate) {}

    /**
     * @param file the whole file; sizes of 0 or beyond the end, as streaming writers leave them, mean "to the end"
     * @throws IOException when it is no such file, or longer than {@code longestSeconds}
     */
    public static Pcm read(byte[] file, int longestSeconds) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (in.remaining() < 12 || !"RIFF".equals(tag(in))) throw new IOException("no WAV file (RIFF)");
        in.position(8); // the size of all is stated too, and often wrong
        if (!"WAVE".equals(tag(in))) throw new IOException("no WAV file (WAVE)");
        Format format = null;
        for (int chunk = 0; chunk < MOST_CHUNKS && in.remaining() >= 8; chunk++) {
            String name = tag(in);
            long stated = in.getInt() & 0xFFFF_FFFFL;
            boolean samples = name.equals("data");
            int size = (int) (samples && stated == 0 ? in.remaining() : Math.min(stated, in.remaining()));
            ByteBuffer body = in.slice(in.position(), size).order(ByteOrder.LITTLE_ENDIAN);
            if (name.equals("fmt ")) format = format(body);
            if (samples) {
                if (format == null) throw new IOException("WAV file: samples before their format");
                return samples(body, format, longestSeconds);
            }
            in.position(Math.min(in.limit(), in.position() + size + (size & 1)));
        }
        throw new IOException("WAV file without samples");
    }

    private static String tag(ByteBuffer in) {
        byte[] name = new byte[4];
        in.get(name);
        return new String(name, StandardCharsets.ISO_8859_1);
    }

    private static Format format(ByteBuffer body) throws IOException {
        if (body.remaining() < 16) throw new IOException("WAV file: format chunk too short");
        int encoding = body.getShort() & 0xFFFF;
        int channels = body.getShort() & 0xFFFF;
        int rate = body.getInt();
        int bits = body.getShort(14) & 0xFFFF;
        if (encoding == EXTENSIBLE && body.limit() >= 26) encoding = body.getShort(24) & 0xFFFF;
        if (encoding != PCM || bits != 16)
            throw new IOException("WAV file: only 16-bit PCM is read, this has encoding " + encoding + " with " + bits + " bits");
        if (channels < 1 || channels > 8) throw new IOException("WAV file: " + channels + " channels");
        if (rate < 4000 || rate > 192_000) throw new IOException("WAV file: " + rate + " samples a second");
        return new Format(channels, rate);
    }

    private static Pcm samples(ByteBuffer body, Format format, int longestSeconds) throws IOException {
        int count = body.remaining() / (2 * format.channels());
        if (count > (long) longestSeconds * format.rate()) throw new IOException("WAV file: longer than " + longestSeconds + " s");
        short[] samples = new short[count];
        for (int i = 0; i < count; i++) {
            int sum = 0;
            for (int channel = 0; channel < format.channels(); channel++)
                sum += body.getShort();
            samples[i] = (short) (sum / format.channels());
        }
        return new Pcm(samples, format.rate());
    }

    /** A whole WAV file, one channel. */
    public static byte[] bytes(Pcm sound) {
        int size = sound.samples().length * 2;
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + size).order(ByteOrder.LITTLE_ENDIAN);
        out.put("RIFF".getBytes(StandardCharsets.ISO_8859_1)).putInt(HEADER_BYTES - 8 + size).put("WAVEfmt ".getBytes(StandardCharsets.ISO_8859_1))
                .putInt(16).putShort((short) PCM)
                .putShort((short) 1).putInt(sound.rate()).putInt(sound.rate() * 2).putShort((short) 2).putShort((short) 16)
                .put("data".getBytes(StandardCharsets.ISO_8859_1))
                .putInt(size);
        for (short sample : sound.samples())
            out.putShort(sample);
        return out.array();
    }
}
