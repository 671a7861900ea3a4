package org.infrafabric.media;

import java.util.Arrays;

/** ITU-T G.722 at 64 kbit/s, receiving side: each octet becomes two samples at 16 kHz. One stream's state. */
final class G722Decoder implements SpeechDecoder {
    private static final int TAPS = 24;

    private final G722Band low = G722Band.low();
    private final G722Band high = G722Band.high();
    private final int[] line = new int[2 * TAPS];                         // written twice, so that the last 24 always stand in a row
    private int at;

    @Override
    public int rate() { return 16_000; }

    @Override
    public void restart() {
        low.restart();
        high.restart();
        Arrays.fill(line, 0);
    }

    @Override
    public int decode(byte[] packet, int length, short[] out, int from) {
        int room = Math.min(length, (out.length - from) / 2);
        for (int i = 0; i < room; i++) pair(packet[i] & 0xff, out, from + 2 * i);
        return 2 * room;
    }

    @Override
    public void close() {}

    private void pair(int code, short[] out, int to) {
        int fine = code & 0x3f;
        int coarse = fine >> 2;
        int lower = Math.clamp(low.predicted() + (low.scale() * G722Tables.QM6[fine] >> 15), -16_384, 16_383); // INVQBL, LIMIT
        low.adapt(low.scale() * G722Tables.QM4[coarse] >> 15, G722Tables.WL[coarse]);
        int two = code >> 6;
        int difference = high.scale() * G722Tables.QM2[two] >> 15;
        int higher = Math.clamp(high.predicted() + difference, -16_384, 16_383);
        high.adapt(difference, G722Tables.WH[two]);
        line[at] = line[at + TAPS] = lower + higher;
        line[at + 1] = line[at + 1 + TAPS] = lower - higher;
        at = (at + 2) % TAPS;
        int one = 0;
        int other = 0;
        for (int i = 0; i < TAPS / 2; i++) {                              // clause 3.2: receive QMF
            one += line[at + 2 * i] * G722Tables.QMF[i];
            other += line[at + 2 * i + 1] * G722Tables.QMF[TAPS / 2 - 1 - i];
        }
        out[to] = (short) G711.clamp(other >> 11);
        out[to + 1] = (short) G711.clamp(one >> 11);
    }
}
