package org.infrafabric.media;

/** What {@code /metrics} tells of the media (CONTRACT §7). Any thread may ask; all but {@link #participants} only grow. */
public interface MediaCounters {
    /** RTP packets taken from latched sources. */
    long packetsReceived();

    long packetsSent();

    /** Packets from strangers, of other payload types, or no RTP at all. */
    long packetsRefused();

    /** Mixes that began more than 20 ms after they were due, or not at all. */
    long lateMixes();

    /** Parties that are in a mix now. */
    long participants();
}
