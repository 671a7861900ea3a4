package org.infrafabric.media;

import java.util.Arrays;

/**
 * The adaptive predictor and quantizer scale of one sub-band, ITU-T G.722 clauses 6.2.1.3 to 6.2.1.5 and 6.2.2; encoder and decoder run the same one, which is what
 * keeps them in step. Names follow the recommendation.
 */
final class G722Band {
    private static final int LOW_NB_MAX = 18_432;
    private static final int HIGH_NB_MAX = 22_528;

    private final boolean high;
    private int det;                                                      // quantizer scale factor
    private int nb;                                                       // and its logarithm
    private int s;                                                        // predicted sample
    private int sz;
    private int r1;
    private int r2;
    private int p1;
    private int p2;
    private int a1;
    private int a2;
    private final int[] b = new int[6];
    private final int[] d = new int[6];

    private G722Band(boolean high) {
        this.high = high;
        restart();
    }

    static G722Band low() { return new G722Band(false); }

    static G722Band high() { return new G722Band(true); }

    void restart() {
        det = high ? 8 : 32;
        nb = s = sz = r1 = r2 = p1 = p2 = a1 = a2 = 0;
        Arrays.fill(b, 0);
        Arrays.fill(d, 0);
    }

    void copyFrom(G722Band other) {
        det = other.det;
        nb = other.nb;
        s = other.s;
        sz = other.sz;
        r1 = other.r1;
        r2 = other.r2;
        p1 = other.p1;
        p2 = other.p2;
        a1 = other.a1;
        a2 = other.a2;
        System.arraycopy(other.b, 0, b, 0, b.length);
        System.arraycopy(other.d, 0, d, 0, d.length);
    }

    int predicted() { return s; }

    int scale() { return det; }

    /** Takes a quantized difference {@code dx} and the logarithmic multiplier that its code stands for. */
    void adapt(int dx, int multiplier) {
        scaleBy(multiplier);
        int r0 = G711.clamp(s + dx);                                      // RECONS
        int p0 = G711.clamp(sz + dx);                                     // PARREC
        poles(p0);
        zeros(dx);
        r2 = r1;
        r1 = r0;
        p2 = p1;
        p1 = p0;
        int sp = G711.clamp((a1 * G711.clamp(2 * r1) >> 15) + (a2 * G711.clamp(2 * r2) >> 15)); // FILTEP
        int sum = 0;
        for (int i = 0; i < 6; i++) sum += b[i] * G711.clamp(2 * d[i]) >> 15; // FILTEZ
        sz = G711.clamp(sum);
        s = G711.clamp(sp + sz);                                          // PREDIC
    }

    private void scaleBy(int multiplier) {
        nb = Math.clamp((nb * 127 >> 7) + multiplier, 0, high ? HIGH_NB_MAX : LOW_NB_MAX); // LOGSCL, LOGSCH
        int shift = (high ? 10 : 8) - (nb >> 11);                         // SCALEL, SCALEH
        int mantissa = G722Tables.ILB[nb >> 6 & 31];
        det = (shift < 0 ? mantissa << -shift : mantissa >> shift) << 2;
    }

    /** UPPOL2, UPPOL1. */
    private void poles(int p0) {
        boolean like1 = (p0 ^ p1) >= 0;
        boolean like2 = (p0 ^ p2) >= 0;
        int wd1 = G711.clamp(4 * a1);
        int wd2 = like1 ? Math.min(-wd1, 32_767) : wd1;
        int second = Math.clamp((wd2 >> 7) + (like2 ? 128 : -128) + (a2 * 32_512 >> 15), -12_288, 12_288);
        int limit = 15_360 - second;
        a1 = Math.clamp((like1 ? 192 : -192) + (a1 * 32_640 >> 15), -limit, limit);
        a2 = second;
    }

    /** UPZERO. */
    private void zeros(int dx) {
        int step = dx == 0 ? 0 : 128;
        for (int i = 0; i < 6; i++) b[i] = G711.clamp(((dx ^ d[i]) >= 0 ? step : -step) + (b[i] * 32_640 >> 15));
        System.arraycopy(d, 0, d, 1, 5);
        d[0] = dx;
    }
}
