package org.infrafabric.sip;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Branches, tags and Call-IDs: unguessable, so that nobody can end a call that is not theirs (RFC 3261 §19.3, §26). Owner's thread only. */
final class Ids {
    private static final int DRAWN = 1024; // at a time: the system's generator costs by the call

    private final RandomGenerator random;
    private final byte[] drawn = new byte[DRAWN];
    private int used = DRAWN;

    Ids(RandomGenerator random) { this.random = random; }

    static Ids secure() { return new Ids(new SecureRandom()); }

    String branch() { return Via.MAGIC + hex(8); }

    String tag() { return hex(8); }

    /** Without a host: 128 bits need none to be unique, and an INVITE is to be short. */
    String callId() { return hex(16); }

    /** For the origin line of a session description. */
    long sessionId() { return random.nextLong(1, 1L << 53); }

    /** A number from {@code least} to less than {@code bound}. */
    long between(long least, long bound) { return random.nextLong(least, bound); }

    private String hex(int size) {
        if (used + size > DRAWN) {
            random.nextBytes(drawn);
            used = 0;
        }
        used += size;
        return HexFormat.of().formatHex(drawn, used - size, used);
    }
}
