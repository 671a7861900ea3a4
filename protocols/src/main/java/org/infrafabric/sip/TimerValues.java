package org.infrafabric.sip;

/** Timer values of RFC 3261, table 4. */
final class TimerValues {
    /** Round-trip estimate, §17.1.1.1. */
    static final long T1_NANOS = 500_000_000L;
    /** Longest interval between retransmissions of what is no INVITE, §17.1.2.2. */
    static final long T2_NANOS = 4_000_000_000L;
    /** Longest time a message stays in the network, §17.1.2.2. */
    static final long T4_NANOS = 5_000_000_000L;
    /** Timers B, F, H, J, L, M. */
    static final long TIMEOUT_NANOS = 64 * T1_NANOS;
    /** Timer D: absorbs late responses over UDP, §17.1.1.2. */
    static final long WAIT_D_NANOS = 32_000_000_000L;
    /** After this an INVITE is answered 100, §17.2.1. */
    static final long TRYING_NANOS = 200_000_000L;

    private TimerValues() {}
}
