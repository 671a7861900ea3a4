package org.infrafabric.call;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.infrafabric.call.CallControl.CallView;
import org.infrafabric.call.CallControl.LegView;
import org.infrafabric.call.CallControl.State;
import org.infrafabric.time.Timers;
import org.infrafabric.witness.EventType;
import tools.jackson.databind.node.ObjectNode;

/**
 * One call that an operator makes: rings one party, then the other, and joins them; the bus stands in the middle, so either can be given somebody else. Owner's
 * thread only.
 */
final class TwoPartyCall implements Conference.Listener {
    /** A phone that rings longer than this is not answered. */
    static final Duration RING_AT_MOST = Duration.ofSeconds(45);

    private final String id;
    private final String from;
    private String to;
    private final CallParts parts;
    private final CallLog log;
    private final Runnable over;
    private final Conference conference;
    private final Instant since;
    private final Map<Integer, Party> parties = new HashMap<>();
    private int first;
    private int second = -1;
    private int target = -1; // whoever is rung in the place of a partner
    private int replaced = -1;
    private int seats;
    private boolean talking;
    private boolean ended;

    private static final class Party {
        private final String uri;
        private final String role;
        private final String leg;
        private final Instant since;
        private State state = State.DIALING;
        private Optional<Timers.Timer> patience = Optional.empty();

        private boolean dialled;

        Party(String uri, String role, String leg, Instant since) {
            this.uri = uri;
            this.role = role;
            this.leg = leg;
            this.since = since;
        }
    }

    /** @param over runs once, when nothing is left of the call */
    TwoPartyCall(String id, String from, String to, CallParts parts, CallLog log, Runnable over) {
        this.id = id;
        this.from = from;
        this.to = to;
        this.parts = parts;
        this.log = log;
        this.over = over;
        conference = new Conference(CallLog.trace(id), parts.dialer(), parts.bridges().get(), parts.owner(), parts.timers(), this);
        since = parts.timers().wallTime();
    }

    String id() { return id; }

    Conference conference() { return conference; }

    boolean ended() { return ended; }

    /** Makes the first leg ready. Throws {@link IOException} or {@link IllegalArgumentException} when it cannot be; then the call is over. */
    void prepare() throws IOException {
        try {
            first = seat("from", from);
        } catch (IOException | RuntimeException e) {
            close("cannot be called");
            throw e;
        }
    }

    /** The leg that {@link #prepare} made. */
    Leg first() { return conference.leg(first).orElseThrow(); }

    void dial() { ring(first); }

    private int seat(String role, String uri) throws IOException {
        int seat = seats++;
        Leg leg = conference.prepare(seat, role, uri, "", Optional.empty());
        parties.put(seat, new Party(uri, role, leg.id(), parts.timers().wallTime()));
        return seat;
    }

    private void ring(int seat) {
        Party party = parties.get(seat);
        if (party == null || ended) return;
        party.dialled = true;
        party.patience = Optional.of(parts.timers().after(RING_AT_MOST, () -> conference.hangUp(seat, "no answer")));
        conference.dial(seat);
    }

    CallView view() {
        List<LegView> legs = new ArrayList<>();
        for (ConferenceControl.Participant each : conference.participants()) {
            int seat = conference.seat(each.id()).orElse(-1);
            Party party = parties.get(seat);
            if (party != null) legs.add(new LegView(each.id(), party.uri, party.role, party.state, each.held(), party.since));
        }
        State state = ended ? State.ENDED
                : talking ? State.ANSWERED : legs.stream().anyMatch(leg -> leg.state() != State.DIALING) ? State.RINGING : State.DIALING;
        return new CallView(id, from, to, state, since, legs);
    }

    /** The seat that an id means: a leg's, or for the call's own id that of its {@code to}. */
    OptionalInt seat(String legOrCall) {
        if (!legOrCall.equals(id)) return conference.seat(legOrCall);
        return second < 0 ? OptionalInt.empty() : OptionalInt.of(second);
    }

    boolean talking() { return talking && target < 0; }

    void hangUp(String reason) { close(reason); }

    /** False when a leg cannot be held now. */
    boolean hold(Optional<Integer> leg, boolean held) {
        if (!talking) return false;
        if (leg.isPresent()) return conference.hold(leg.get(), held);
        boolean one = conference.hold(first, held);
        boolean other = conference.hold(second, held);
        return one && other;
    }

    /** Makes ready a leg to whoever is to take the partner's place; nothing is sent before {@link #ringTarget}. */
    Leg prepareTarget(int stays, String uri) throws IOException {
        int next = seat("target", uri);
        target = next;
        replaced = stays == first ? second : first;
        return conference.leg(next).orElseThrow();
    }

    void ringTarget() { ring(target); }

    /** It is not to be rung after all. */
    void dropTarget() {
        conference.drop(target);
        parties.remove(target);
        target = -1;
        replaced = -1;
    }

    /** Takes the other call's leg in, in the place of our party's partner; both partners are let go. */
    boolean join(int stays, TwoPartyCall other, int theirs) throws IOException {
        Party party = other.parties.get(theirs);
        int seat = seats++;
        if (party == null || !conference.adopt(seat, "target", other.conference, theirs)) return false;
        Party moved = new Party(party.uri, "to", party.leg, party.since);
        moved.state = State.ANSWERED;
        moved.dialled = true;
        parties.put(seat, moved);
        keep(seat);
        other.parties.remove(theirs);
        int leaves = stays == first ? second : first;
        first = stays;
        second = seat;
        to = moved.uri;
        conference.hangUp(leaves, "transferred");
        other.close("transferred");
        return true;
    }

    // --- what the conference tells -----------------------------------------------------------------------------------------------------

    @Override
    public void onRinging(int seat, int status) {
        Party party = parties.get(seat);
        if (party != null) party.state = State.RINGING;
    }

    @Override
    public void onTokenChanged(int seat, String token, Runnable kept) {
        conference.leg(seat).ifPresent(leg -> log.keep(id, leg, kept, () -> conference.hangUp(seat, "no log")));
    }

    /** What ends the leg after a restart is another now. A call that is up goes on if that cannot be kept. */
    private void keep(int seat) {
        conference.leg(seat).ifPresent(leg -> log.keep(id, leg, () -> {}, () -> {}));
    }

    @Override
    public void onAnswered(int seat) {
        Party party = parties.get(seat);
        if (party == null || ended) return;
        keep(seat);
        party.state = State.ANSWERED;
        party.patience.ifPresent(Timers.Timer::cancel);
        if (seat == target) replace(party);
        else if (seat == first && second < 0) ringSecond();
        else if (seat == second) talk();
    }

    private void ringSecond() {
        try {
            second = seat("to", to);
        } catch (IOException | IllegalArgumentException e) {
            close("the other party cannot be called: " + e.getMessage());
            return;
        }
        ringback();
        int seat = second;
        conference.leg(seat).ifPresent(leg -> log.keep(id, leg, () -> ring(seat), () -> close("no log")));
    }

    /** Whoever waits hears that the other phone rings. */
    private void ringback() {
        if (ended || talking) return;
        conference.say(first, List.of(CompletableFuture.completedFuture(Tones.RINGBACK)), said -> ringback());
    }

    private void talk() {
        talking = true;
        conference.hush(first);
        conference.join(first);
        conference.join(second);
        joined();
    }

    /** The target has answered: it takes the partner's place. */
    private void replace(Party party) {
        int stays = replaced == first ? second : first;
        conference.hangUp(replaced, "transferred");
        first = stays;
        second = target;
        to = party.uri;
        target = -1;
        replaced = -1;
        conference.join(second);
        joined();
    }

    private void joined() { log.note(EventType.CALL_JOINED, id, CallLog.payload().put("call", id).put("from", uri(first)).put("to", uri(second))); }

    private String uri(int seat) {
        Party party = parties.get(seat);
        return party == null ? "" : party.uri;
    }

    @Override
    public void onFirstPacket(int seat) {}

    @Override
    public void onDigit(int seat, char digit) {}

    @Override
    public void onEnded(int seat, LegEnd end) {
        Party party = parties.remove(seat);
        if (party == null) return;
        log.drop(party.leg);
        party.patience.ifPresent(Timers.Timer::cancel);
        if (ended) return;
        if (seat == target) { // it did not take the call: all stays as it was, unless the partner is gone by now
            boolean alone = !parties.containsKey(replaced);
            target = -1;
            replaced = -1;
            if (!alone) return;
        } else if (seat != first && seat != second || target >= 0 && seat == replaced) {
            return; // a partner who was let go, or who leaves before the target is there: whoever stays waits for it
        }
        ObjectNode why = CallLog.payload().put("call", id).put("party", party.uri).put("failure", end.failure().map(CallFailure::label).orElse(""))
                .put("status", end.status()).put("byPeer", end.byPeer());
        log.note(EventType.CALL_CLOSED, id, why);
        close("the other party is gone");
    }

    private void close(String reason) {
        if (ended) return;
        ended = true;
        parties.values().forEach(party -> {
            party.patience.ifPresent(Timers.Timer::cancel);
            if (!party.dialled) log.drop(party.leg); // nothing more will be told of it
        });
        var unused = conference.close(reason);
        over.run();
    }
}
