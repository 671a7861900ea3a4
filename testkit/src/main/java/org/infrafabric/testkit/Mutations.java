package org.infrafabric.testkit;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Spoils messages: bytes flipped, cut, left out, doubled, and replaced by what grammars care about. The same seed spoils the same. */
public final class Mutations {
    private static final String MARKS = "\r\n\t :;,<>\"=@%?[]\0";
    private static final int MOST = 6;
    private static final int LONGEST = 20;

    private Mutations() {}

    /** A spoilt copy, or the message itself where chance would have it. */
    public static byte[] mutate(byte[] message, RandomGenerator random) {
        byte[] out = message;
        for (int n = random.nextInt(MOST); n > 0 && out.length > 3; n--) out = once(out, random);
        return out;
    }

    private static byte[] once(byte[] message, RandomGenerator random) {
        int at = random.nextInt(message.length);
        int to = Math.min(message.length, at + 1 + random.nextInt(LONGEST));
        return switch (random.nextInt(5)) {
            case 0 -> with(message, at, (byte) random.nextInt(256));
            case 1 -> random.nextInt(8) == 0 ? Arrays.copyOf(message, at) : with(message, at, (byte) (message[at] ^ 1 << random.nextInt(8)));
            case 2 -> join(message, at, message, to);
            case 3 -> join(message, to, message, at);
            default -> with(message, at, (byte) MARKS.charAt(random.nextInt(MARKS.length())));
        };
    }

    private static byte[] with(byte[] message, int at, byte value) {
        byte[] out = message.clone();
        out[at] = value;
        return out;
    }

    /** The first {@code end} bytes of one, and the other from {@code from} on. */
    private static byte[] join(byte[] one, int end, byte[] other, int from) {
        byte[] out = Arrays.copyOf(one, end + other.length - from);
        System.arraycopy(other, from, out, end, other.length - from);
        return out;
    }
}
