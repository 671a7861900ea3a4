package org.infrafabric.sdp;

import java.util.Arrays;
import java.util.Optional;

/**
 * One side of offer and answer in one dialog (RFC 3264 §4, §8): whose turn it is, and the version of what we said last. Knows nothing of what is described.
 * Belongs to one owner.
 */
public final class OfferAnswer {
    private static final byte[] NOTHING = {};

    private long version = 1;
    private byte[] said = NOTHING;
    private Optional<byte[]> open = Optional.empty();

    /** Whether our offer is out and its answer is not there: until then nobody may offer again (§4). */
    public boolean awaitsAnswer() {
        return open.isPresent();
    }

    /** Version of what we said last; 1 before we have said anything. */
    public long version() { return version; }

    /** Which version a description needs that was written with {@link #version()}: one more if it differs from what we said last (§8). */
    public long versionFor(byte[] description) {
        return said.length == 0 || Arrays.equals(said, description) ? version : version + 1;
    }

    /**
     * Our offer goes out.
     *
     * @throws IllegalStateException when one is out already
     */
    public void offered(byte[] offer, long withVersion) {
        if (open.isPresent()) throw new IllegalStateException("an offer is out already");
        say(offer, withVersion);
        open = Optional.of(offer);
    }

    /** Our answer to the peer's offer goes out. */
    public void answered(byte[] answer, long withVersion) { say(answer, withVersion); }

    /** The peer's answer is there, or none will come (its refusal leaves what was agreed before, RFC 3261 §14.1): gives our offer, and either may offer again. */
    public Optional<byte[]> close() {
        Optional<byte[]> offer = open;
        open = Optional.empty();
        return offer;
    }

    private void say(byte[] description, long withVersion) {
        said = description;
        version = withVersion;
    }
}
