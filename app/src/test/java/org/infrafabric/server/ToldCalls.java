package org.infrafabric.server;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.infrafabric.call.CallControl;
import org.infrafabric.call.ConferenceControl;

/** Call control that keeps what it was told, and knows one call, {@code call-1}, with the legs {@code a@x} and {@code b@x}. */
final class ToldCalls implements CallControl {
    static final Instant SINCE = Instant.parse("2026-11-21T12:00:02Z");
    final List<String> told = new ArrayList<>();
    final ConferenceControl rooms = new Rooms();

    static CallView view() {
        return new CallView("call-1", "sip:a@x", "sip:b@x", State.ANSWERED, SINCE,
                List.of(new LegView("a@x", "sip:a@x", "from", State.ANSWERED, false, SINCE),
                        new LegView("b@x", "sip:b@x", "to", State.ANSWERED, true, SINCE)));
    }

    private static ConferenceControl.ConferenceView conference() {
        return new ConferenceControl.ConferenceView("call-1", SINCE,
                List.of(new ConferenceControl.Participant("a@x", "sip:a@x", "from", State.ANSWERED, true, false, false)));
    }

    private CompletableFuture<Outcome> known(String id, String what) {
        told.add(what);
        return CompletableFuture.completedFuture(id.equals("call-1") || id.equals("a@x") ? new Outcome.Done(Optional.of(view()))
                : new Outcome.NoSuchCall(id));
    }

    @Override
    public CompletableFuture<List<CallView>> list() { return CompletableFuture.completedFuture(List.of(view())); }

    @Override
    public CompletableFuture<Outcome> originate(String from, String to, String by) {
        if (to.contains("stranger")) return CompletableFuture.completedFuture(new Outcome.Denied("nobody of the roster", 1_500_000_000L));
        if (to.contains("crowd")) return CompletableFuture.completedFuture(new Outcome.Busy("as many calls as there may be"));
        if (to.contains("broken")) return CompletableFuture.completedFuture(new Outcome.Invalid("to", "cannot be called"));
        return known("call-1", "originate " + from + " " + to + " by " + by);
    }

    @Override
    public CompletableFuture<Outcome> hangUp(String id, String by) { return known(id, "hangup " + id + " by " + by); }

    @Override
    public CompletableFuture<Outcome> hold(String id, String by) { return known(id, "hold " + id + " by " + by); }

    @Override
    public CompletableFuture<Outcome> resume(String id, String by) {
        return CompletableFuture.completedFuture(new Outcome.Conflict("it is not answered"));
    }

    @Override
    public CompletableFuture<Outcome> transfer(String id, Transfer how, String by) { return known(id, "transfer " + id + " " + how); }

    /** Conferences, as {@link ConferenceControl} lists them. */
    private final class Rooms implements ConferenceControl {
        @Override
        public CompletableFuture<List<ConferenceView>> list() { return CompletableFuture.completedFuture(List.of(conference())); }

        @Override
        public CompletableFuture<Outcome> add(String conference, String uri, String by) {
            told.add("add " + conference + " " + uri + " by " + by);
            return CompletableFuture
                    .completedFuture(conference.equals("call-1") ? new Outcome.Done(conference()) : new Outcome.NoSuchConference(conference));
        }

        @Override
        public CompletableFuture<Outcome> remove(String conference, String participant, String by) {
            told.add("remove " + participant);
            return CompletableFuture
                    .completedFuture(participant.equals("a@x") ? new Outcome.Done(conference()) : new Outcome.NoSuchParticipant(participant));
        }

        @Override
        public CompletableFuture<Outcome> mute(String conference, String participant, boolean muted, String by) {
            told.add((muted ? "mute " : "unmute ") + participant);
            return CompletableFuture.completedFuture(new Outcome.Done(conference()));
        }
    }
}
