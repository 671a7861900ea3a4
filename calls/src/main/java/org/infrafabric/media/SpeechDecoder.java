package org.infrafabric.media;

/** Turns the packets of one stream into samples. Belongs to the media loop. */
interface SpeechDecoder {
    /** Samples a second that it gives: 8000 or 16000. */
    int rate();

    /** The stream begins anew. */
    void restart();

    /**
     * Decodes a packet.
     *
     * @param packet its payload, from 0 to {@code length}
     * @param out takes the samples from {@code from} on
     * @return samples written; 0 when the payload is not to be understood or does not fit
     */
    int decode(byte[] packet, int length, short[] out, int from);

    /** Fills in for {@code samples} that are lost, if the codec knows how; false when it leaves that to others. */
    default boolean conceal(short[] out, int from, int samples) {
        return false;
    }

    /** Fills in for {@code samples} that are lost, out of what the packet after them tells of them; false when it tells nothing. */
    default boolean recover(byte[] next, int length, short[] out, int from, int samples) {
        return false;
    }

    void close();
}
