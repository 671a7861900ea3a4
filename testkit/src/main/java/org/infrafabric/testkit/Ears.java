package org.infrafabric.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;

/** Hears which tones a recording holds. */
public final class Ears {
    private static final int LATE_MILLIS = 4;
    private static final double ALIKE = 0.8;
    private static final double SPEECH = 2e-3; // mean square, of full scale 1
    private static final int WAV_HEADER = 44; // bytes; an even number, so that samples begin at even places

    private final double[] samples;
    private final float rate;

    private Ears(double[] samples, float rate) {
        this.samples = samples;
        this.rate = rate;
    }

    /** Reads a 16-bit WAV file; of several channels the first. */
    public static Ears on(Path wav) throws IOException {
        try (AudioInputStream in = AudioSystem.getAudioInputStream(wav.toFile())) {
            AudioFormat format = in.getFormat();
            if (format.getSampleSizeInBits() != 16) throw new IOException(wav + ": 16 bits a sample expected, found " + format);
            byte[] bytes = in.readAllBytes();
            int frame = format.getFrameSize();
            double[] samples = new double[bytes.length / frame];
            for (int i = 0; i < samples.length; i++) {
                int at = i * frame, low = bytes[format.isBigEndian() ? at + 1 : at] & 0xff, high = bytes[format.isBigEndian() ? at : at + 1];
                samples[i] = (high << 8 | low) / 32768.0;
            }
            return new Ears(samples, format.getSampleRate());
        } catch (UnsupportedAudioFileException unknown) {
            throw new IOException(wav + ": no WAV file", unknown);
        }
    }

    /** Hears part of a 16-bit mono WAV file at 8 kHz that may still be written: from byte {@code from} to byte {@code to} of it. */
    public static Ears onPart(Path wav, long from, long to) throws IOException {
        byte[] bytes = Files.readAllBytes(wav);
        int first = (int) Math.max(WAV_HEADER, from + from % 2), last = (int) Math.min(bytes.length, to);
        double[] samples = new double[Math.max(0, last - first) / 2];
        for (int i = 0; i < samples.length; i++) samples[i] = (bytes[first + 2 * i + 1] << 8 | bytes[first + 2 * i] & 0xff) / 32768.0;
        return new Ears(samples, 8_000);
    }

    /** Hears 16-bit samples as they are. */
    public static Ears on(short[] sound, float rate) {
        double[] samples = new double[sound.length];
        for (int i = 0; i < samples.length; i++) samples[i] = sound[i] / 32768.0;
        return new Ears(samples, rate);
    }

    /** Hears the G.711 A-law payloads of captured RTP packets, as hex digits with or without colons, in the order of the capture. */
    public static Ears onALaw(Iterable<String> payloads) {
        java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
        for (String payload : payloads) all.writeBytes(java.util.HexFormat.of().parseHex(payload.replace(":", "")));
        byte[] bytes = all.toByteArray();
        double[] samples = new double[bytes.length];
        for (int i = 0; i < bytes.length; i++) samples[i] = RtpPcap.linear(bytes[i] & 0xff) / 32768.0;
        return new Ears(samples, 8000);
    }

    /** The same of µ-law, as bytes. */
    public static Ears onMuLaw(byte[] payloads) {
        double[] samples = new double[payloads.length];
        for (int i = 0; i < payloads.length; i++) samples[i] = muLaw(~payloads[i] & 0xff) / 32768.0;
        return new Ears(samples, 8_000);
    }

    /** ITU-T G.711, table 2b. */
    private static int muLaw(int inverted) {
        int magnitude = (((inverted & 0x0f) << 3) + 0x84 << (inverted >> 4 & 7)) - 0x84;
        return (inverted & 0x80) != 0 ? -magnitude : magnitude;
    }

    public double seconds() { return samples.length / rate; }

    /**
     * Level of a tone in dB relative to full scale, in the half second where it is loudest: parties are there for only part of a recording.
     * -120 where there is nothing.
     */
    public double loudest(double hertz) {
        int window = (int) (rate / 2);
        double best = -120;
        for (int start = 0; start + window <= samples.length; start += window / 2) best = Math.max(best, level(hertz, start, window));
        return best;
    }

    /** Level of all there is, in dB relative to full scale, in the half second where it is loudest; -120 where there is nothing. */
    public double loudest() {
        int window = (int) (rate / 2);
        double best = 0;
        for (int start = 0; start + window <= samples.length; start += window / 2) {
            double power = 0;
            for (int i = start; i < start + window; i++) power += samples[i] * samples[i];
            best = Math.max(best, Math.sqrt(power / window));
        }
        return Math.max(-120, 20 * Math.log10(Math.max(1e-6, best)));
    }

    /**
     * How much of each voice is in this recording: the factors whose weighted sum of the voices comes nearest to it (least squares). About 1
     * for a voice that was mixed in as it is, 0 for one that was not; what else is in the recording hardly matters, as it is like none of them.
     * A recording at a multiple of the voices' rate is heard at theirs, up to {@value #LATE_MILLIS} ms later: filters between rates take time.
     */
    public double[] factors(List<Ears> voices) {
        int times = Math.round(rate / voices.getFirst().rate), late = times == 1 ? 0 : (int) (rate * LATE_MILLIS / 1000);
        double[] best = new double[voices.size()];
        for (int shift = 0; shift <= late; shift++) {
            double[] factors = factors(voices, every(times, shift));
            if (sum(factors) > sum(best)) best = factors;
        }
        return best;
    }

    private double[] every(int times, int shift) {
        double[] taken = new double[Math.max(0, samples.length - shift) / times];
        for (int i = 0; i < taken.length; i++) taken[i] = samples[shift + i * times];
        return taken;
    }

    private static double sum(double[] factors) { return java.util.Arrays.stream(factors).sum(); }

    private static double[] factors(List<Ears> voices, double[] samples) {
        int n = voices.size();
        double[][] equations = new double[n][n + 1];
        for (int row = 0; row < n; row++) {
            for (int column = 0; column < n; column++) equations[row][column] = product(voices.get(row).samples, voices.get(column).samples);
            equations[row][n] = product(voices.get(row).samples, samples);
        }
        for (int pivot = 0; pivot < n; pivot++) { // Gauss and Jordan; the matrix is positive definite where no voice is silent
            double[] own = equations[pivot];
            double by = own[pivot];
            for (int column = 0; column <= n; column++) own[column] /= by;
            for (int row = 0; row < n; row++) {
                double share = equations[row][pivot];
                for (int column = 0; column <= n && row != pivot; column++) equations[row][column] -= share * own[column];
            }
        }
        double[] factors = new double[n];
        for (int row = 0; row < n; row++) factors[row] = equations[row][n];
        return factors;
    }

    private static double product(double[] one, double[] other) {
        double sum = 0;
        for (int i = 0; i < Math.min(one.length, other.length); i++) sum += one[i] * other[i];
        return sum;
    }

    /**
     * How much of {@code sound} is in here, by its half seconds: each may stand anywhere, since a phone leaves out or repeats a few milliseconds now and then. Both at the
     * same rate.
     */
    public double share(Ears sound) {
        int half = (int) rate / 2, pieces = 0, found = 0;
        for (int from = 0; from + half <= sound.samples.length; from += half) {
            double own = product(sound.samples, from, sound.samples, from, half);
            if (own / half < SPEECH) continue; // a pause: its noise is like any other
            pieces++;
            if (best(sound, from, half, own) > ALIKE) found++;
        }
        return pieces == 0 ? 0 : (double) found / pieces;
    }

    /** The best correlation of that piece with any of here: 1 for the same sound, however loud, well below {@link #ALIKE} for other speech. */
    private double best(Ears sound, int from, int length, double own) {
        double best = 0, here = 0;
        for (int start = 0; start + length <= samples.length; start++) {
            if (start == 0) here = product(samples, 0, samples, 0, length);
            else here += samples[start + length - 1] * samples[start + length - 1] - samples[start - 1] * samples[start - 1];
            best = Math.max(best, product(sound.samples, from, samples, start, length) / Math.sqrt(Math.max(1e-6, own * here)));
        }
        return best;
    }

    private static double product(double[] one, int from, double[] other, int start, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) sum += one[from + i] * other[start + i];
        return sum;
    }

    /** Level of a tone in dB over the whole. */
    public double level(double hertz) { return level(hertz, 0, samples.length); }

    /** Goertzel's algorithm. */
    private double level(double hertz, int start, int length) {
        double step = 2 * Math.PI * hertz / rate, coefficient = 2 * Math.cos(step), before = 0, beforeThat = 0;
        for (int i = start; i < start + length; i++) {
            double now = samples[i] + coefficient * before - beforeThat;
            beforeThat = before;
            before = now;
        }
        double power = before * before + beforeThat * beforeThat - coefficient * before * beforeThat,
                amplitude = 2 * Math.sqrt(Math.max(0, power)) / Math.max(1, length);
        return Math.max(-120, 20 * Math.log10(Math.max(1e-6, amplitude)));
    }
}
