package org.infrafabric.media;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.infrafabric.media.AudioPort.Encoding;

/** ITU-T G.711 by table: 16-bit linear from and to 8-bit µ-law or A-law. Without state, so that all streams share one. */
final class G711 implements SpeechEncoder, SpeechDecoder {
    /** Both directions of one law. */
    static final G711 PCMU = new G711(Encoding.PCMU);
    static final G711 PCMA = new G711(Encoding.PCMA);

    private static final int MU_BIAS = 132;
    private static final int MU_CLIP = 32_635;

    private final short[] linear = new short[256];
    private final byte[] codes = new byte[65_536]; // speech lives in few of its cache lines

    private final byte[] silence = new byte[Frames.NARROW];

    private G711(Encoding law) {
        for (int code = 0; code < 256; code++) linear[code] = (short) (law == Encoding.PCMU ? muToLinear(code) : aToLinear(code));
        for (int sample = Short.MIN_VALUE; sample <= Short.MAX_VALUE; sample++)
            codes[sample & 0xffff] = (byte) (law == Encoding.PCMU ? linearToMu(sample) : linearToA(sample));
        Arrays.fill(silence, codes[0]);
    }

    /** 20 ms of nothing; not to be changed. */
    byte[] silence() { return silence; }

    short decode(byte code) { return linear[code & 0xff]; }

    byte encode(int sample) { return codes[clamp(sample) & 0xffff]; }

    @Override
    public int encode(int[] sums, byte[] out) {
        for (int i = 0; i < Frames.NARROW; i++) out[i] = codes[clamp(sums[i]) & 0xffff];
        return Frames.NARROW;
    }

    @Override
    public int rate() { return 8_000; }

    @Override
    public int decode(byte[] packet, int length, short[] out, int from) {
        if (length > out.length - from) return 0;
        for (int i = 0; i < length; i++) out[from + i] = linear[packet[i] & 0xff];
        return length;
    }

    @Override
    public void restart() {}

    @Override
    public void copyFrom(SpeechEncoder other) {}

    @Override
    public void close() {}

    static int clamp(int sample) { return Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, sample)); }

    private static int muToLinear(int code) {
        int inverted = ~code & 0xff;
        int magnitude = ((((inverted & 0x0f) << 3) + MU_BIAS) << ((inverted & 0x70) >> 4)) - MU_BIAS;
        return (inverted & 0x80) != 0 ? -magnitude : magnitude;
    }

    private static int linearToMu(int sample) {
        int sign = sample < 0 ? 0x80 : 0;
        int magnitude = Math.min(Math.abs(sample), MU_CLIP) + MU_BIAS;
        int segment = 24 - Integer.numberOfLeadingZeros(magnitude);      // bit 7 is the lowest that the bias can leave as the highest
        int mantissa = (magnitude >> (segment + 3)) & 0x0f;
        return ~(sign | (segment << 4) | mantissa) & 0xff;
    }

    private static int aToLinear(int code) {
        int toggled = code ^ 0x55;                                        // even bits are inverted on the line
        int segment = (toggled & 0x70) >> 4;
        int magnitude = ((toggled & 0x0f) << 4) + 8;
        if (segment > 0) magnitude = (magnitude + 0x100) << (segment - 1);
        return (toggled & 0x80) != 0 ? magnitude : -magnitude;
    }

    private static int linearToA(int sample) {
        int sign = sample >= 0 ? 0x80 : 0;
        int magnitude = sample >= 0 ? sample : ~sample;                   // so that -1 falls in the first negative step, as the table of G.711 has it
        int segment = Math.max(0, 24 - Integer.numberOfLeadingZeros(magnitude)); // 0 below 256
        int mantissa = (segment == 0 ? magnitude >> 4 : magnitude >> (segment + 3)) & 0x0f;
        return (sign | (segment << 4) | mantissa) ^ 0x55;
    }
}
