package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/** Where in a message's bytes its headers stand: one long a header. Written by {@link SipParser}, then never changed. */
final class HeaderIndex {
    /** Offsets must fit into 16 bits. */
    static final int MAX_BYTES = 65_535;
    private static final int MOST_HAVE = 16;
    private static final HeaderName[] NAMES = HeaderName.values();

    private long[] slots = new long[MOST_HAVE];
    private final byte[] firsts = new byte[NAMES.length]; // where the first header of each name stands in the slots, if there is one
    private int size;
    private long present; // a bit a name
    private long repeated; // names that stand there more than once

    static {
        if (NAMES.length > Long.SIZE) throw new IllegalStateException("more header names than bits");
    }

    /** @param folded whether there are line breaks within the value */
    void add(HeaderName name, int nameFrom, int valueFrom, int valueTo, boolean folded) {
        if (size == slots.length) slots = Arrays.copyOf(slots, size * 2);
        slots[size++] = (long) nameFrom << 48 | (long) valueFrom << 32 | (long) valueTo << 16 | (folded ? 1L << 8 : 0) | name.ordinal();
        long bit = 1L << name.ordinal();
        if ((present & bit) == 0) firsts[name.ordinal()] = (byte) (size - 1);
        repeated |= present & bit;
        present |= bit;
    }

    int size() { return size; }

    boolean has(HeaderName name) { return (present & 1L << name.ordinal()) != 0; }

    int count(HeaderName name) {
        if (!has(name)) return 0;
        if (!isRepeated(name)) return 1;
        int count = 0;
        for (int at = first(name); at >= 0; at = next(name, at)) count++;
        return count;
    }

    /** Number of the first header of this name, or -1. */
    int first(HeaderName name) { return has(name) ? firsts[name.ordinal()] & 0xff : -1; }

    private boolean isRepeated(HeaderName name) { return (repeated & 1L << name.ordinal()) != 0; }

    /** Number of the next header of this name after number {@code after}, or -1. */
    int next(HeaderName name, int after) {
        if (!isRepeated(name)) return -1;
        for (int i = after + 1; i < size; i++) {
            if ((slots[i] & 0xff) == name.ordinal()) return i;
        }
        return -1;
    }

    HeaderName name(int header) { return NAMES[(int) slots[header] & 0xff]; }

    int nameFrom(int header) { return (int) (slots[header] >>> 48); }

    /** Where the value of header number {@code header} begins, white space before it left out. */
    int from(int header) {
        return (int) (slots[header] >>> 32) & 0xffff;
    }

    /** Where it ends, white space after it left out. */
    int to(int header) { return (int) (slots[header] >>> 16) & 0xffff; }

    boolean isFolded(int header) { return (slots[header] & 1L << 8) != 0; }

    /** The value in text, unfolded. */
    String value(byte[] bytes, int header) {
        String raw = Ascii.text(bytes, from(header), to(header));
        return isFolded(header) ? unfold(raw) : raw;
    }

    boolean hasNameStarting(byte[] bytes, String prefix) {
        for (int i = 0; i < size; i++) {
            int from = nameFrom(i);
            if (from(i) - from > prefix.length() && new String(bytes, from, prefix.length(), ISO_8859_1).equalsIgnoreCase(prefix)) return true;
        }
        return false;
    }

    /** A line break with the white space around it is one space, RFC 3261 §7.3.1. */
    private static String unfold(String raw) {
        StringBuilder flat = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c != '\r' && c != '\n') {
                flat.append(c);
                continue;
            }
            while (i + 1 < raw.length() && (raw.charAt(i + 1) == '\r' || raw.charAt(i + 1) == '\n' || Ascii.isSpace(raw.charAt(i + 1)))) i++;
            while (!flat.isEmpty() && Ascii.isSpace(flat.charAt(flat.length() - 1))) flat.setLength(flat.length() - 1);
            flat.append(' ');
        }
        return flat.toString().trim();
    }
}
