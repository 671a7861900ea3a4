package org.infrafabric.escalate;

/**
 * Lets a few things through at once and then one a second, and counts what it holds back: so hostile input is told of in the log without filling it. One owner.
 */
final class Trickle {
    private static final long SECOND = 1_000_000_000L;
    private static final int BRIEF = 200;

    private final int burst;
    private long tokens;
    private long lastNanos;
    private boolean begun;
    private long heldBack;

    /** @param burst so many at once */
    Trickle(int burst) {
        this.burst = burst;
        this.tokens = burst;
    }

    /** How many were held back since the last that was let through; -1: hold this one back too. */
    long let(long nowNanos) {
        if (!begun) {
            begun = true;
            lastNanos = nowNanos;
        }
        long seconds = (nowNanos - lastNanos) / SECOND;
        if (seconds > 0) {
            tokens = Math.min(burst, tokens + seconds);
            lastNanos += seconds * SECOND;
        }
        if (tokens == 0) {
            heldBack++;
            return -1;
        }
        tokens--;
        long held = heldBack;
        heldBack = 0;
        return held;
    }

    /** A stranger's text, cut short and without control characters. */
    static String brief(String text) {
        String plain = text.codePoints().limit(BRIEF).map(point -> Character.isISOControl(point) || point >= 0xD800 && point <= 0xDFFF ? '.' : point)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
        return plain.length() < text.length() && plain.codePointCount(0, plain.length()) == BRIEF ? plain + "…" : plain;
    }
}
