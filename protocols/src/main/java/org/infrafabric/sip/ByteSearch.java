package org.infrafabric.sip;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Looks for bytes eight at a step: within one long, the lowest bit that is left set marks the first byte that was sought. */
final class ByteSearch {
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long ABOVE_BREAKS = ONES * ('\r' + 1);

    private ByteSearch() {}

    /** Index of the first {@code wanted} in {@code bytes[from..to)}, or -1. */
    static int indexOf(byte[] bytes, char wanted, int from, int to) {
        long all = ONES * wanted;
        int i = from;
        for (; i + Long.BYTES <= to; i += Long.BYTES) {
            long unlike = (long) EIGHT.get(bytes, i) ^ all;
            long zeros = unlike - ONES & ~unlike & HIGHS;
            if (zeros != 0) return i + first(zeros);
        }
        for (; i < to; i++) {
            if (bytes[i] == wanted) return i;
        }
        return -1;
    }

    /** Index of the first CR or LF, or -1. */
    static int lineBreak(byte[] bytes, int from) {
        int i = from;
        while (i + Long.BYTES <= bytes.length) {
            long eight = (long) EIGHT.get(bytes, i);
            long low = eight - ABOVE_BREAKS & ~eight & HIGHS; // breaks are among the lowest bytes, and hardly any other is
            if (low == 0) {
                i += Long.BYTES;
            } else {
                i += first(low);
                if (isBreak(bytes[i])) return i;
                i++;
            }
        }
        for (; i < bytes.length; i++) {
            if (isBreak(bytes[i])) return i;
        }
        return -1;
    }

    private static boolean isBreak(byte b) { return b == '\n' || b == '\r'; }

    private static int first(long bits) { return Long.numberOfTrailingZeros(bits) >>> 3; }
}
