package org.infrafabric.media;

/** ITU-T G.722 at 64 kbit/s, sending side: 16 kHz samples to one octet for each two. One stream's state. */
final class G722Encoder implements SpeechEncoder {
    private static final int TAPS = 24;

    private final G722Band low = G722Band.low();
    private final G722Band high = G722Band.high();
    private final int[] line = new int[TAPS - 2 + Frames.WIDE];           // the last 22 samples, then this frame's

    @Override
    public int encode(int[] sums, byte[] out) {
        for (int i = 0; i < Frames.WIDE; i++) line[TAPS - 2 + i] = G711.clamp(sums[i]);
        for (int i = 0; i < Frames.WIDE / 2; i++) out[i] = pair(2 * i);
        System.arraycopy(line, Frames.WIDE, line, 0, TAPS - 2);
        return Frames.WIDE / 2;
    }

    @Override
    public void copyFrom(SpeechEncoder other) {
        G722Encoder from = (G722Encoder) other;
        low.copyFrom(from.low);
        high.copyFrom(from.high);
        System.arraycopy(from.line, 0, line, 0, line.length);
    }

    @Override
    public void close() {}

    private byte pair(int at) {
        int odd = 0;
        int even = 0;
        for (int i = 0; i < TAPS / 2; i++) {                              // clause 3.1: transmit QMF
            odd += line[at + 2 * i] * G722Tables.QMF[i];
            even += line[at + 2 * i + 1] * G722Tables.QMF[TAPS / 2 - 1 - i];
        }
        return (byte) (higher(even - odd >> 14) << 6 | lower(even + odd >> 14)); // 12 bits of filter gain, one of the sum, one since 15 bits go on
    }

    private int lower(int x) {
        int e = G711.clamp(x - low.predicted());
        int code = e < 0 ? G722Tables.ILN[level(~e)] : G722Tables.ILP[level(e)];
        int coarse = code >> 2;                                           // the predictor sees four of the six bits
        low.adapt(low.scale() * G722Tables.QM4[coarse] >> 15, G722Tables.WL[coarse]);
        return code;
    }

    /** QUANTL: the first decision level above {@code magnitude}, or 30. */
    private int level(int magnitude) {
        int from = 1;
        int to = 30;
        while (from < to) {
            int middle = from + to >>> 1;
            if (magnitude < G722Tables.Q6[middle] * low.scale() >> 12) to = middle;
            else from = middle + 1;
        }
        return from;
    }

    private int higher(int x) {
        int e = G711.clamp(x - high.predicted());
        boolean large = (e < 0 ? ~e : e) >= 564 * high.scale() >> 12;     // QUANTH
        int code = e < 0 ? large ? 0 : 1 : large ? 2 : 3;
        high.adapt(high.scale() * G722Tables.QM2[code] >> 15, G722Tables.WH[code]);
        return code;
    }
}
