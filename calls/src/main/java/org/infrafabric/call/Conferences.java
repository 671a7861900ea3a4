package org.infrafabric.call;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.infrafabric.guard.Permit;
import org.infrafabric.witness.EventType;
import tools.jackson.databind.node.ObjectNode;

/** What operators do with the conferences that are open, whoever opened them. */
public final class Conferences implements ConferenceControl {
    /** More on one bridge are not added by hand. */
    static final int MOST_PARTICIPANTS = 100;
    private static final Outcome NO_LOG = new Outcome.Busy("the witness log cannot be written at present; nothing was done");

    private final CallParts parts;
    private final Calls calls;
    private final CallLog log;

    public Conferences(CallParts parts, Calls calls) {
        this.parts = parts;
        this.calls = calls;
        log = new CallLog(parts.witness(), parts.owner());
    }

    @Override
    public CompletableFuture<List<ConferenceView>> list() {
        return CompletableFuture.supplyAsync(() -> calls.conferences().entrySet().stream().map(each -> view(each.getKey(), each.getValue())).toList(),
                parts.owner());
    }

    @Override
    public CompletableFuture<Outcome> add(String id, String uri, String by) {
        return in(id, conference -> {
            if (conference.participants().size() >= MOST_PARTICIPANTS) return now(new Outcome.Busy("the conference is full"));
            Permit permit = parts.permit().permit(uri, parts.timers().wallTime(), parts.timers().nowNanos());
            if (!permit.allowed()) return now(new Outcome.Denied(uri + ": " + permit.reason(), permit.retryAfterNanos()));
            Guest guest = new Guest(id, conference);
            Leg leg;
            try {
                leg = conference.invite(uri, guest);
            } catch (IOException noPort) {
                return now(new Outcome.Busy(String.valueOf(noPort.getMessage())));
            } catch (IllegalArgumentException noTarget) {
                return now(new Outcome.Invalid("uri", String.valueOf(noTarget.getMessage())));
            }
            ObjectNode payload = payload(id, leg.id(), by).put("party", uri);
            guest.leg = leg.id();
            return log.then(EventType.PARTICIPANT_ADDED, id, payload, leg, () -> {
                leg.dial();
                return done(id, conference);
            }, () -> {
                conference.seat(leg.id()).ifPresent(conference::drop);
                return NO_LOG;
            });
        });
    }

    @Override
    public CompletableFuture<Outcome> remove(String id, String participant, String by) {
        return one(id, participant, (conference, seat) -> {
            String party = conference.participants().stream().filter(each -> each.id().equals(participant)).map(Participant::party).findFirst()
                    .orElse("");
            return log.then(EventType.PARTICIPANT_REMOVED, id, payload(id, participant, by).put("party", party), () -> {
                conference.hangUp(seat, "removed by an operator");
                return done(id, conference);
            }, () -> NO_LOG);
        });
    }

    @Override
    public CompletableFuture<Outcome> mute(String id, String participant, boolean muted, String by) {
        return one(id, participant,
                (conference, seat) -> log.then(EventType.PARTICIPANT_MUTED, id, payload(id, participant, by).put("muted", muted), () -> {
                    conference.mute(seat, muted);
                    return done(id, conference);
                }, () -> NO_LOG));
    }

    /** Whoever an operator adds has no part in what the conference decides: nothing comes of what they do but that they are heard. */
    private final class Guest implements Conference.Listener {
        private final String id;
        private final Conference conference;
        private String leg = "";

        Guest(String id, Conference conference) {
            this.id = id;
            this.conference = conference;
        }

        @Override
        public void onTokenChanged(int seat, String token, Runnable kept) {
            conference.leg(seat).ifPresent(now -> log.keep(id, now, kept, () -> conference.hangUp(seat, "no log")));
        }

        @Override
        public void onRinging(int seat, int status) {}

        @Override
        public void onAnswered(int seat) {
            conference.leg(seat).ifPresent(now -> log.keep(id, now, () -> {}, () -> {}));
        }

        @Override
        public void onFirstPacket(int seat) {}

        @Override
        public void onDigit(int seat, char digit) {}

        @Override
        public void onEnded(int seat, LegEnd end) { log.drop(leg); }
    }

    @FunctionalInterface
    private interface Wish {
        CompletableFuture<Outcome> of(Conference conference);
    }

    @FunctionalInterface
    private interface WishForOne {
        CompletableFuture<Outcome> of(Conference conference, int seat);
    }

    private CompletableFuture<Outcome> in(String id, Wish wish) {
        return Asking.ask(parts.owner(), () -> {
            Map<String, Conference> open = calls.conferences();
            Conference conference = open.get(id);
            return conference == null ? now(new Outcome.NoSuchConference(id)) : wish.of(conference);
        });
    }

    private CompletableFuture<Outcome> one(String id, String participant, WishForOne wish) {
        return in(id, conference -> {
            OptionalInt seat = conference.seat(participant);
            return seat.isEmpty() ? now(new Outcome.NoSuchParticipant(participant)) : wish.of(conference, seat.getAsInt());
        });
    }

    private static ConferenceView view(String id, Conference conference) {
        return new ConferenceView(id, conference.since(), conference.participants());
    }

    private static Outcome done(String id, Conference conference) { return new Outcome.Done(view(id, conference)); }

    private static ObjectNode payload(String id, String leg, String by) {
        return CallLog.payload().put("conference", id).put("leg", leg).put("by", by);
    }

    private static CompletableFuture<Outcome> now(Outcome outcome) { return CompletableFuture.completedFuture(outcome); }
}
