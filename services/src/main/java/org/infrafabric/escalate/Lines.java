package org.infrafabric.escalate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.Conference;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.call.Leg;
import org.infrafabric.call.LegEnd;
import org.infrafabric.call.Provenance;
import org.infrafabric.guard.Expert;
import org.infrafabric.guard.Guardian;
import org.infrafabric.guard.Party;
import org.infrafabric.guard.Permit;
import org.infrafabric.media.Pcm;
import org.infrafabric.record.Recording;
import org.infrafabric.time.Timers;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.EventType;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The lines of one escalation at work: its conference, what is said on it, its recording. What is asked of it happens once the journal has it; what the
 * conference tells becomes a step of the state machine. Owner's thread only.
 */
final class Lines implements Conference.Listener {
    private final DeskParts parts;
    private final Matter matter;
    private final Escalation machine;
    private final Journal journal;
    private final Portrait portrait;
    private final Prompts prompts;
    private final Timers timers;
    private final long receivedNanos;
    private final Consumer<LongConsumer> steps;

    private @Nullable Conference conference;
    private boolean recording;

    /**
     * @param receivedNanos when the message was read; counted anew after a restart
     * @param steps takes one event for the machine, and commits what comes of it
     */
    Lines(DeskParts parts, Matter matter, Escalation machine, Journal journal, Portrait portrait, long receivedNanos, Consumer<LongConsumer> steps) {
        this.parts = parts;
        this.matter = matter;
        this.machine = machine;
        this.journal = journal;
        this.portrait = portrait;
        this.prompts = new Prompts(parts.voice(), new Briefing(matter));
        this.timers = parts.timers();
        this.receivedNanos = receivedNanos;
        this.steps = steps;
    }

    /** The legs that are up. */
    List<LiveLeg> legs() { return portrait.legs(conference); }

    /** The conference, once somebody has been called. */
    Optional<Conference> conference() { return Optional.ofNullable(conference); }

    /** Has rendered what will be said soon. */
    void ahead(List<Phrase> phrases) { prompts.ahead(phrases); }

    /** From now on the outcome is this. */
    void outcome(String decision) {
        if (conference != null) prompts.outcome(decision);
    }

    /** All is over and said: what was needed for it is let go, since the escalation itself is remembered for a while. */
    void forget() {
        conference = null;
    }

    /** Ends all at once, for the next life to go on. */
    void cut(String reason) {
        if (conference == null) return;
        var unused = conference.close(reason);
    }

    // --- what the machine asks ---------------------------------------------------------------------------------------------------------

    /** @param firstHash of the escalation's first entry, which its calls carry */
    void dial(int leg, Callee callee, String firstHash) {
        portrait.calling(leg, callee.name, callee.role == Callee.Role.EXPERT, timers.wallTime());
        if (callee.role == Callee.Role.EXPERT) {
            Permit permit = parts.guard().get().permitCall(callee.uri, timers.wallTime(), timers.nowNanos());
            if (!permit.allowed()) {
                note(EventType.CALL_DENIED, Payload.of("party", callee.name, "reason", permit.reason()));
                cannotCall(leg, CallFailure.DENIED_BY_GUARD, permit.reason());
                return;
            }
            journal.write((tx, sealed) -> parts.guard().get().saveCall(callee.uri, tx));
        }
        try {
            String track = callee.role == Callee.Role.EXPERT ? "expert" : callee.name;
            Leg made = room().prepare(leg, track, callee.uri, new Briefing(matter).subject(),
                    Optional.of(new Provenance(matter.traceId(), matter.hazards(), firstHash)));
            String token = made.resumeToken();
            journal.write((tx, sealed) -> EscalationRows.keepLeg(tx, matter.id(), leg, token));
            journal.effect(() -> room().dial(leg));
        } catch (IOException noPort) {
            cannotCall(leg, CallFailure.OVERLOAD, String.valueOf(noPort.getMessage()));
        } catch (IllegalArgumentException noTarget) {
            cannotCall(leg, CallFailure.BAD_REQUEST, String.valueOf(noTarget.getMessage()));
        }
    }

    /** A party has called in, and the machine has given it this leg. */
    void take(int leg, Party party, IncomingCall call) {
        String name = party instanceof Guardian guardian ? guardian.id() : party.uri();
        portrait.calling(leg, name, party instanceof Expert, timers.wallTime());
        journal.effect(() -> answer(leg, party instanceof Guardian ? name : "expert", call));
    }

    void say(int leg, Phrase phrase) {
        List<CompletableFuture<Pcm>> sound = prompts.of(phrase);
        journal.effect(() -> room().say(leg, sound, said -> step(now -> {
            switch (said) {
                case SPOKEN -> machine.onSaid(leg, phrase, now);
                case TONE -> machine.onUnspoken(leg, phrase, now);
            }
        })));
    }

    void press(int leg, PostAnswer keys) {
        journal.effect(() -> {
            for (PostAnswer.Stroke stroke : keys.keys()) {
                var unused = timers.after(stroke.after(), () -> room().sendDigit(leg, stroke.key()));
            }
        });
    }

    void hush(int leg) { journal.effect(() -> room().hush(leg)); }

    void announce(Phrase phrase) {
        CompletableFuture<Pcm> sound = prompts.whole(phrase);
        journal.effect(() -> room().announce(sound, said -> step(now -> machine.onAnnounced(phrase, said == Conference.Said.SPOKEN, now))));
    }

    void join(int leg) { journal.effect(() -> room().join(leg)); }

    void hangUp(int leg, String reason) { journal.effect(() -> room().hangUp(leg, reason)); }

    void tidy() {
        journal.effect(() -> {
            if (conference == null) step(now -> machine.onTidied());
            else tidied(conference.close("the escalation is over"));
        });
    }

    // --- what the conference tells -----------------------------------------------------------------------------------------------------

    @Override
    public void onRinging(int leg, int status) {
        long millis = millis(); // once, so that view and log say the same
        portrait.ringing(leg, millis);
        step(now -> machine.onRinging(leg, status, millis));
    }

    @Override
    public void onAnswered(int leg) {
        long millis = millis();
        portrait.ringing(leg, millis);
        portrait.answered(leg);
        step(now -> {
            room().leg(leg).map(Leg::resumeToken)
                    .ifPresent(token -> journal.write((tx, sealed) -> EscalationRows.keepLeg(tx, matter.id(), leg, token)));
            record();
            machine.onAnswered(leg, millis, now);
        });
    }

    /** The next INVITE goes out when the token that would end it after a restart is durable, as the first one did. */
    @Override
    public void onTokenChanged(int leg, String token, Runnable kept) {
        step(now -> {
            journal.write((tx, sealed) -> EscalationRows.keepLeg(tx, matter.id(), leg, token));
            journal.effect(kept);
        });
    }

    @Override
    public void onFirstPacket(int leg) {
        long millis = millis();
        portrait.heard(leg, millis);
        step(now -> machine.onFirstPacket(leg, millis));
    }

    @Override
    public void onDigit(int leg, char digit) { step(now -> machine.onDigit(leg, digit, now)); }

    @Override
    public void onEnded(int leg, LegEnd end) {
        portrait.ended(leg);
        step(now -> {
            journal.write((tx, sealed) -> EscalationRows.dropLeg(tx, matter.id(), leg));
            machine.onEnded(leg, end, now);
        });
    }

    // --- small things ------------------------------------------------------------------------------------------------------------------

    private void step(LongConsumer event) { steps.accept(event); }

    private void note(EventType type, ObjectNode detail) {
        journal.entry(new Draft(type, matter.traceId(), Payload.of("escalation", matter.id()).setAll(detail)));
    }

    private Conference room() {
        Conference open = conference;
        if (open == null) {
            open = new Conference(matter.traceId(), parts.dialer(), parts.bridges().get(), parts.owner(), timers, this);
            conference = open;
        }
        return open;
    }

    private void answer(int leg, String track, IncomingCall call) {
        try {
            Leg taken = room().take(leg, track, call);
            if (room().leg(leg).isEmpty()) return; // the caller gave up in the same moment, and the machine has heard so
            String token = taken.resumeToken();
            step(now -> journal.write((tx, sealed) -> EscalationRows.keepLeg(tx, matter.id(), leg, token)));
        } catch (IOException noPort) {
            call.refuse(CallFailure.OVERLOAD);
            cannotCall(leg, CallFailure.OVERLOAD, String.valueOf(noPort.getMessage()));
        }
    }

    /** In a turn of its own: the machine is in the middle of asking for this call. */
    private void cannotCall(int leg, CallFailure why, String words) {
        parts.owner().execute(() -> {
            portrait.ended(leg);
            step(now -> machine.onEnded(leg, new LegEnd(Optional.of(why), false, 0, words), now));
        });
    }

    /** From the first answer on. */
    private void record() {
        if (recording) return;
        recording = true;
        try {
            room().record(parts.recorder().begin(matter.id()));
        } catch (RuntimeException failed) { // people are on the line; the call goes on without
            note(EventType.RECORDING_FAILED, Payload.of("reason", Trickle.brief(String.valueOf(failed.getMessage()))));
        }
    }

    private void tidied(CompletableFuture<Optional<Recording.Result>> closing) {
        var unused = closing.whenComplete((result, failure) -> parts.owner().execute(() -> step(now -> {
            if (failure != null) note(EventType.RECORDING_FAILED, Payload.of("reason", Trickle.brief(String.valueOf(failure.getMessage()))));
            else result.ifPresent(this::recorded);
            machine.onTidied();
        })));
    }

    private void recorded(Recording.Result result) {
        result.failure().ifPresent(why -> note(EventType.RECORDING_FAILED, Payload.of("reason", Trickle.brief(why))));
        if (result.files().isEmpty()) return;
        List<ObjectNode> files = new ArrayList<>();
        for (Recording.Track track : result.files()) {
            files.add(Payload.of("party", track.party(), "name", String.valueOf(track.file().getFileName()), "millis", track.millis(), "sha256",
                    track.sha256()));
        }
        portrait.recorded(result.files().getFirst().file().toString());
        note(EventType.RECORDING_WRITTEN, Payload.of("files", files, "lostMillis", result.lostMillis()));
    }

    private long millis() { return Math.max(0, (timers.nowNanos() - receivedNanos) / 1_000_000); }
}
