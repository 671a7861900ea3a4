package org.infrafabric.call;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What an operator can do with the conferences that are open: those of escalations, whose id is the escalation's, and two-party calls, whose id is the
 * call's. Any thread may ask; each answer completes on the owner's thread.
 */
public interface ConferenceControl {
    /** Those that are open, oldest first. */
    CompletableFuture<List<ConferenceView>> list();

    /** Rings somebody whom the guard permits to be called; they are in the mix as soon as they answer. They have no vote. */
    CompletableFuture<Outcome> add(String conference, String uri, String by);

    /** Hangs up on a participant; an escalation takes it as that party's own hanging up. */
    CompletableFuture<Outcome> remove(String conference, String participant, String by);

    /** A muted participant hears the others and is not heard. */
    CompletableFuture<Outcome> mute(String conference, String participant, boolean muted, String by);

    /** What became of a wish. */
    sealed interface Outcome {
        /** It is under way; this is the conference as it stands now. */
        record Done(ConferenceView conference) implements Outcome {}

        record NoSuchConference(String id) implements Outcome {}

        record NoSuchParticipant(String id) implements Outcome {}

        /** The guard does not permit it. {@code retryAfterNanos} is 0 when waiting does not help. */
        record Denied(String reason, long retryAfterNanos) implements Outcome {}

        /** {@code field}: the parameter that is wrong. */
        record Invalid(String field, String detail) implements Outcome {}

        /** No port is free, or the conference is full. */
        record Busy(String detail) implements Outcome {}
    }

    /** {@code id}: the escalation's or the call's. */
    record ConferenceView(String id, Instant since, List<Participant> participants) {
        public ConferenceView {
            participants = List.copyOf(participants);
        }
    }

    /**
     * Somebody on the line, or being rung.
     *
     * @param id {@link Leg#id}
     * @param party the URI
     * @param name of the track in the recording
     * @param inMix hears the others, and is heard unless {@code muted}
     */
    record Participant(String id, String party, String name, CallControl.State state, boolean inMix, boolean muted, boolean held) {}
}
