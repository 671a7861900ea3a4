package org.infrafabric.escalate;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.LegEnd;
import org.infrafabric.guard.Accept;
import org.infrafabric.witness.EventType;

/**
 * Those who are being called or are on the line: rings them, asks them to press 1 (CONTRACT §6), sees them out. What it means that somebody accepts, fails or
 * leaves is for the {@link Course} to say. Belongs to its escalation.
 */
final class Parties {
    /** What happens to the escalation when something has happened to one party. */
    interface Course {
        /** Nobody is needed any more. */
        boolean decided();

        /** A person is on the line and takes part. */
        void accepted(Party party, long nowNanos);

        /** A call came to nothing. {@code again}: after how long calling once more may help; empty where it does not. */
        void failed(Callee callee, Optional<Duration> again, long nowNanos);

        /** One who took part is off the line. {@code fault}: not of its own will. */
        void left(Party party, boolean fault, long nowNanos);

        /** A party that takes part has waited until its due time. */
        void waited(Party party, long nowNanos);
    }

    static final Optional<Duration> NEVER = Optional.empty();
    static final Optional<Duration> SOON = Optional.of(Duration.ZERO);

    private static final int PROMPTS = 2;

    private final Pace pace;
    private final Out out;
    private final Course course;
    private final Map<Integer, Party> parties = new LinkedHashMap<>();
    private int legs;

    /** @param legs the last leg number that was given out before */
    Parties(Pace pace, Out out, Course course, int legs) {
        this.pace = pace;
        this.out = out;
        this.course = course;
        this.legs = legs;
    }

    int legs() { return legs; }

    int size() { return parties.size(); }

    boolean isEmpty() { return parties.isEmpty(); }

    Optional<Party> of(int leg) { return Optional.ofNullable(parties.get(leg)); }

    /** As they are now; safe to change while looking. */
    List<Party> all() { return List.copyOf(parties.values()); }

    Stream<Party> guardiansOnTheBridge() { return parties.values().stream().filter(party -> !party.expert() && party.phase == Party.Phase.JOINED); }

    /** URI of an expert who is called or on the line. */
    Optional<String> expertOnCall() {
        return parties.values().stream().filter(party -> party.expert() && party.phase != Party.Phase.GONE).map(party -> party.callee.name)
                .findFirst();
    }

    long dueNanos() {
        long due = Due.NEVER;
        for (Party party : parties.values()) due = Due.earlier(due, party.dueNanos);
        return due;
    }

    void call(Callee callee, long nowNanos) {
        callee.attempts++;
        callee.callAgainNanos = Due.NEVER;
        Party party = seat(callee, nowNanos);
        out.noted(EventType.CALL_PLACED,
                Payload.of("leg", party.leg, "role", Words.of(callee.role), "party", callee.name, "uri", callee.uri, "attempt",
                        callee.attempts));
        out.dial(party.leg, callee);
    }

    /** Calls one whose time to be called again has come, if that is still of use. */
    void callAgain(Callee callee, long nowNanos) {
        if (!Due.passed(callee.callAgainNanos, nowNanos)) return;
        callee.callAgainNanos = Due.NEVER;
        if (callee.leg == 0 && !callee.spent && !course.decided()) call(callee, nowNanos);
    }

    /** One who has called in; gives its leg, or 0 when it is on the line already. */
    int takeIn(Callee callee, String from, long nowNanos) {
        Party before = parties.get(callee.leg);
        if (before != null && before.phase != Party.Phase.CALLING) return 0;
        if (before != null) drop(before, "has called in", nowNanos);
        callee.callAgainNanos = Due.NEVER;
        Party party = seat(callee, nowNanos); // so long for the caller to confirm
        out.noted(EventType.CALL_TAKEN, Payload.of("leg", party.leg, "role", Words.of(callee.role), "party", callee.name, "from", from));
        return party.leg;
    }

    void onRinging(int leg, int status, long millis) {
        of(leg).ifPresent(party -> out.noted(EventType.CALL_RINGING,
                Payload.of("leg", leg, "party", party.callee.name, "status", status, "millis", millis)));
    }

    void onFirstPacket(int leg, long millis) {
        of(leg).ifPresent(party -> out.noted(EventType.FIRST_AUDIO, Payload.of("leg", leg, "party", party.callee.name, "millis", millis)));
    }

    void onAnswered(Party party, long millis, long nowNanos) {
        if (party.phase != Party.Phase.CALLING) { // our CANCEL and its answer crossed
            out.hangUp(party.leg, "too late");
            return;
        }
        out.noted(EventType.CALL_ANSWERED, Payload.of("leg", party.leg, "party", party.callee.name, "millis", millis));
        if (party.callee.postAnswerDigits.isEmpty()) reached(party, nowNanos);
        else dialOn(party, nowNanos);
    }

    private void dialOn(Party party, long nowNanos) {
        PostAnswer keys = PostAnswer.of(party.callee.postAnswerDigits);
        party.phase = Party.Phase.EXTENSION;
        party.dueNanos = nowNanos + keys.length().toNanos();
        out.press(party.leg, keys);
    }

    private void reached(Party party, long nowNanos) {
        if (party.callee.accept == Accept.ANSWER) course.accepted(party, nowNanos);
        else ask(party, nowNanos);
    }

    /** A digit from one who has been asked. */
    void onReply(Party party, char digit, long nowNanos) {
        if (digit == '1') {
            out.hush(party.leg);
            course.accepted(party, nowNanos);
        } else if (digit == '2') {
            declined(party, "declined", NEVER, nowNanos);
        }
    }

    /** Last words are over. */
    void onSaid(Party party, Phrase phrase, long nowNanos) {
        if (party.phase == Party.Phase.LEAVING && phrase.last()) drop(party, "bye", nowNanos);
    }

    /** Nobody could say it to them; they heard a tone. One entry a phrase, however often it is tried. */
    void onUnspoken(Party party, Phrase phrase) {
        if (party.unspoken.add(phrase))
            out.noted(EventType.PROMPT_UNSPOKEN, Payload.of("leg", party.leg, "party", party.callee.name, "prompt", Words.of(phrase)));
    }

    void onEnded(int leg, LegEnd end, long nowNanos) {
        Party party = parties.remove(leg);
        if (party == null) return;
        out.noted(EventType.CALL_ENDED,
                Payload.of("leg", leg, "party", party.callee.name, "failure", why(party, end).map(CallFailure::label), "status",
                        end.status(), "byPeer", end.byPeer()));
        if (party.callee.leg == leg) party.callee.leg = 0;
        if (course.decided()) return;
        switch (party.phase) {
            case CALLING, EXTENSION -> course.failed(party.callee, again(end), nowNanos);
            case ASKED -> course.failed(party.callee, party.expert() ? NEVER : SOON, nowNanos); // a voicemail hangs up too: a guardian is tried again
            case BRIEFING, DECIDING, JOINED -> course.left(party, end.failure().isPresent(), nowNanos);
            case LEAVING, GONE -> {}
        }
    }

    /** Our CANCEL makes every phone that was given up answer 487; the log is to say why it was. */
    private static Optional<CallFailure> why(Party party, LegEnd end) {
        return end.failure().map(failure -> party.unanswered && failure == CallFailure.CANCELLED ? CallFailure.NO_ANSWER : failure);
    }

    /** Who says when to call again is not called before, RFC 3261 §21.5.4. */
    private static Optional<Duration> again(LegEnd end) {
        return end.failure().filter(CallFailure::retryable).map(failure -> end.retryAfter());
    }

    void onTime(long nowNanos) {
        for (Party party : all()) if (Due.passed(party.dueNanos, nowNanos)) time(party, nowNanos);
    }

    /** Last words, then the line is cut. */
    void dismiss(Party party, Phrase lastWords, long nowNanos) {
        leaving(party, nowNanos);
        out.say(party.leg, lastWords);
    }

    /** Its last words come another way. */
    void leaving(Party party, long nowNanos) {
        party.phase = Party.Phase.LEAVING;
        party.dueNanos = nowNanos + pace.farewell().toNanos();
        out.hush(party.leg);
    }

    void drop(Party party, String reason, long nowNanos) {
        party.phase = Party.Phase.GONE;
        party.dueNanos = nowNanos + pace.hangUp().toNanos();
        if (party.callee.leg == party.leg) party.callee.leg = 0;
        out.hangUp(party.leg, reason);
    }

    void remind(Party party, Phrase phrase, long nowNanos) {
        party.dueNanos = nowNanos + pace.reminder().toNanos();
        out.say(party.leg, phrase);
    }

    private Party seat(Callee callee, long nowNanos) {
        Party party = new Party(++legs, callee);
        callee.leg = party.leg;
        parties.put(party.leg, party);
        party.dueNanos = nowNanos + callee.ringTimeout.toNanos();
        return party;
    }

    private void ask(Party party, long nowNanos) {
        party.phase = Party.Phase.ASKED;
        party.asked++;
        out.say(party.leg, party.expert() ? Phrase.ACCEPT : Phrase.JOIN);
        party.dueNanos = nowNanos + pace.acceptWindow().toNanos() / PROMPTS;
    }

    private void declined(Party party, String cause, Optional<Duration> again, long nowNanos) {
        out.noted(EventType.CALL_DECLINED, Payload.of("leg", party.leg, "party", party.callee.name, "cause", cause));
        dismiss(party, Phrase.DECLINED, nowNanos);
        party.callee.leg = 0;
        course.failed(party.callee, again, nowNanos);
    }

    private void time(Party party, long nowNanos) {
        switch (party.phase) {
            case CALLING -> {
                party.unanswered = true;
                drop(party, "no answer", nowNanos);
                course.failed(party.callee, SOON, nowNanos);
            }
            case EXTENSION -> reached(party, nowNanos);
            case ASKED -> {
                if (party.asked < PROMPTS) ask(party, nowNanos);
                else declined(party, "silence", party.expert() ? NEVER : SOON, nowNanos); // silence is no acceptance, DESIGN §5
            }
            case BRIEFING, DECIDING, JOINED -> course.waited(party, nowNanos);
            case LEAVING -> drop(party, "bye", nowNanos);
            case GONE -> parties.remove(party.leg); // its protocol never confirmed the end; nothing more can be asked of it
        }
    }
}
