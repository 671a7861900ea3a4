package org.infrafabric.sim;

/** What may go wrong in a simulated world beside what people do of themselves. */
public enum Fault {
    /** The process dies at any moment, and comes back. */
    RESTARTS,
    /** The disk is full for a while. */
    DISK,
    /** The wall clock jumps, up to an hour, either way. */
    CLOCK,
    /** Phones are busy, unreachable or overloaded, lose their sound, and answer while they are being given up. */
    PHONES,
    /** Messages come twice, and others under the same id. */
    DUPLICATES,
    /** Callbacks are down, for seconds or for hours. */
    CALLBACKS,
    /** No voice can speak for a while: it fails, or says nothing at all. */
    VOICE
}
