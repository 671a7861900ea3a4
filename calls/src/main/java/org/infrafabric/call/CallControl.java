package org.infrafabric.call;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What an operator can do with calls (CONTRACT §2). Any thread may ask; each answer completes on the owner's thread, when what was asked is under way.
 *
 * <p>An id is that of a call made by {@link #originate}, or a leg's ({@link Leg#id}). The bus stands between the parties of its calls (RFC 7092, a B2BUA):
 * whatever is done to one leg needs nothing of the other party's phone.
 */
public interface CallControl {
    /** The calls that {@link #originate} made and that have not ended, oldest first. Legs of escalations are not among them. */
    CompletableFuture<List<CallView>> list();

    /**
     * Rings {@code from}, then {@code to}, and joins them. The guard must permit both; the answer is there before any phone rings.
     *
     * @param by who asks, for the log
     */
    CompletableFuture<Outcome> originate(String from, String to, String by);

    /** Ends a call, or one leg of whatever it belongs to. */
    CompletableFuture<Outcome> hangUp(String id, String by);

    /** A call: both legs are told to wait (RFC 3264 §8.4); a leg: that one. */
    CompletableFuture<Outcome> hold(String id, String by);

    CompletableFuture<Outcome> resume(String id, String by);

    /**
     * Gives a party somebody else to talk to. A call's id stands for the leg of its {@code to}.
     *
     * @param id the leg that stays
     */
    CompletableFuture<Outcome> transfer(String id, Transfer how, String by);

    /** How a leg is passed on. */
    sealed interface Transfer {
        /** {@code target} is rung, and takes the partner's place when it answers; if it does not, all stays as it was. */
        record Blind(String target) implements Transfer {}

        /** The leg is joined with the leg (or the {@code to} of the call) of this id; both their partners are let go. */
        record Attended(String with) implements Transfer {}
    }

    /** What became of a wish. */
    sealed interface Outcome {
        /** It is under way; this is the call as it stands now, empty when what was meant is no call of {@link #originate}. */
        record Done(Optional<CallView> call) implements Outcome {}

        record NoSuchCall(String id) implements Outcome {}

        /** The guard does not permit it. {@code retryAfterNanos} is 0 when waiting does not help. */
        record Denied(String reason, long retryAfterNanos) implements Outcome {}

        /** Not in the state in which it is. */
        record Conflict(String detail) implements Outcome {}

        /** {@code field}: the parameter that is wrong. */
        record Invalid(String field, String detail) implements Outcome {}

        /** More calls are up than this node bears, or no port is free. */
        record Busy(String detail) implements Outcome {}
    }

    /** How far a call or a leg has come. */
    enum State {
        DIALING, RINGING, ANSWERED, ENDED
    }

    /**
     * A two-party call.
     *
     * @param id unique, of the characters of CONTRACT §3's ids
     * @param state {@code ANSWERED} once both are joined
     */
    record CallView(String id, String from, String to, State state, Instant since, List<LegView> legs) {
        public CallView {
            legs = List.copyOf(legs);
        }
    }

    /**
     * One party's leg.
     *
     * @param id {@link Leg#id}
     * @param role {@code from}, {@code to} or {@code target}
     */
    record LegView(String id, String party, String role, State state, boolean held, Instant since) {}
}
