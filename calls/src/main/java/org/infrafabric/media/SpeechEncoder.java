package org.infrafabric.media;

/** Makes packets of 20 ms for one stream, or for all who hear the same. Belongs to the media loop. */
interface SpeechEncoder {
    /** Longest payload that an encoder makes, in octets. */
    int MAX_PAYLOAD = 400;

    /**
     * Encodes 20 ms.
     *
     * @param sums one frame at the encoding's rate, cut off here where it leaves 16 bits
     * @param out takes {@link #MAX_PAYLOAD} octets
     * @return octets written
     */
    int encode(int[] sums, byte[] out);

    /** Goes on where {@code other}, of the same kind, stands now: whoever hears the packets of one and then of the other hears no break. */
    void copyFrom(SpeechEncoder other);

    void close();
}
