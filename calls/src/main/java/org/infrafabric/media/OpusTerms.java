package org.infrafabric.media;

/**
 * How Opus is encoded for one peer, RFC 7587 §6.1.
 *
 * @param bitrate bits a second
 * @param wide false for a peer whose {@code maxplaybackrate} is under 16 kHz: 4 kHz of bandwidth are enough then
 * @param constantBitrate it asked for it ({@code cbr=1})
 */
record OpusTerms(int bitrate, boolean wide, boolean constantBitrate) {
    /** The rate on our side; the RTP clock is 48 kHz whatever that is (RFC 7587 §4.1). */
    static final int RATE = 16_000;
    /** For wideband speech in 20 ms packets RFC 7587 §3.1.1 advises 16 to 20 kbit/s; the rest is for the error correction. */
    static final int USUAL_BITRATE = 24_000;
    private static final int LEAST_BITRATE = 6_000;                       // RFC 7587 §6.1
    /** Of 10: above it speech at this rate gains little, and each step costs. */
    static final int COMPLEXITY = 5;
    /** How much loss the error correction provides for. */
    static final int EXPECTED_LOSS_PERCENT = 10;

    /** Most peers; who has these shares an encoder with the others. */
    static final OpusTerms USUAL = new OpusTerms(USUAL_BITRATE, true, false);

    /** Forward error correction is always in: a peer that cannot use it ({@code useinbandfec=0}) hears the same without it, and may share the others' packets. */
    static OpusTerms of(AudioPort.Wishes wishes) {
        int bitrate = wishes.maxBitrate() == 0 ? USUAL_BITRATE : Math.clamp(wishes.maxBitrate(), LEAST_BITRATE, USUAL_BITRATE);
        return new OpusTerms(bitrate, wishes.maxPlaybackRate() >= RATE, wishes.constantBitrate());
    }

    /** @throws IllegalStateException when libopus answered with an error */
    static int require(int answer) {
        if (answer < 0) throw new IllegalStateException("libopus answered " + answer);
        return answer;
    }
}
