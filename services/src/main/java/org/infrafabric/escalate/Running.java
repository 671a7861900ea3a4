package org.infrafabric.escalate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.infrafabric.call.Conference;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.guard.Expert;
import org.infrafabric.guard.Guardian;
import org.infrafabric.guard.Judgement;
import org.infrafabric.guard.JudgementForm;
import org.infrafabric.guard.Party;
import org.infrafabric.store.StoreFailure;
import org.infrafabric.time.Timers;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.EventType;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One escalation at work: its state machine, its lines, its journal, and what the outside sees of it. It decides nothing; it carries out, in order, and only
 * after the log has it. Owner's thread only, but for {@link #view}.
 */
final class Running implements Out, Journal.Keeper {
    /** Whom it tells of its birth and its end. */
    interface Watcher {
        void born(Running running);

        void stillborn(Running running, StoreFailure why);

        /** The decision is durable; {@code delivery} where the agent gave a callback. */
        void decided(EscalationRows.Delivery delivery);

        /** Nothing is left to do. */
        void over(Running running);
    }

    private final DeskParts parts;
    private final Watcher watcher;
    private final Matter matter;
    private final int level;
    private final Timers timers;
    private final Escalation machine;
    private final Journal journal;
    private final Portrait portrait;
    private final Lines lines;

    private Draft.@Nullable Blob request;
    private String firstHash;
    private volatile EscalationView view;
    private final AtomicReference<Written> written = new AtomicReference<>();
    private Timers.@Nullable Timer alarm;
    private long alarmNanos = Due.NEVER;
    private boolean ended;
    private boolean suspended;

    /** What the log's writer made of a snapshot. */
    private record Written(EscalationView view, String firstHash) {}

    /** A new one. */
    Running(DeskParts parts, Watcher watcher, Matter matter, int level, byte[] request, long receivedNanos) {
        this.parts = parts;
        this.watcher = watcher;
        this.matter = matter;
        this.level = level;
        this.timers = parts.timers();
        this.request = new Draft.Blob("application/json", request);
        this.firstHash = "";
        this.portrait = new Portrait(matter);
        this.machine = new Escalation(matter, parts.settings().pace(), this, timers.wallTime(), timers.nowNanos());
        this.journal = new Journal(matter.id(), parts.witness(), parts.owner(), timers, false, this);
        this.lines = new Lines(parts, matter, machine, journal, portrait, receivedNanos, this::step);
        this.view = portrait.of(machine, List.of());
    }

    /** One that a former life left open. */
    Running(DeskParts parts, Watcher watcher, EscalationRows.Open left) {
        this.parts = parts;
        this.watcher = watcher;
        this.matter = left.matter();
        this.level = left.level();
        this.timers = parts.timers();
        this.firstHash = left.firstHash();
        this.portrait = new Portrait(matter, left.view());
        this.machine = new Escalation(matter, parts.settings().pace(), this, left.kept(), timers.wallTime(), timers.nowNanos());
        this.journal = new Journal(matter.id(), parts.witness(), parts.owner(), timers, true, this);
        this.lines = new Lines(parts, matter, machine, journal, portrait, timers.nowNanos(), this::step);
        this.view = left.view();
    }

    Matter matter() { return matter; }

    /** As it stands in the store; any thread. */
    EscalationView view() { return view; }

    boolean over() { return ended; }

    // --- what the desk asks ------------------------------------------------------------------------------------------------------------

    /** @param barred names of the evidence whose host the operator does not allow */
    void begin(String agent, boolean signed, Judgement judgement, List<String> barred) {
        step(now -> {
            machine.onReceived(agent, signed,
                    Payload.of("requestSha256", matter.requestSha256(), "source", matter.source(), "hazards", matter.hazards(), "evidenceBarred",
                            barred.isEmpty() ? Optional.empty() : Optional.of(barred)));
            noted(EventType.GUARD_DECIDED, JudgementForm.of(judgement));
            journal.write((tx, sealed) -> parts.guard().get().save(judgement, tx));
            machine.onJudged(judgement, now);
            journal.effect(() -> {
                watcher.born(this);
                step(machine::onReady);
            });
        });
    }

    void resume() { step(machine::onRestart); }

    /** What it has stored of the wall clock is stored anew. */
    void clockJumped() {
        step(now -> {
            machine.onClockJump(timers.wallTime(), now);
            journal.write((tx, sealed) -> {});
        });
    }

    /** {@code after} runs when it is durable. */
    void cancel(String by, Runnable after) {
        step(now -> {
            machine.onCancel(by, now);
            journal.effect(after);
        });
    }

    void vote(String guardian, Optional<Ballot.Choice> choice, List<String> conditions, Optional<String> reason,
            java.util.function.Consumer<Voting.Voted> after) {
        step(now -> {
            Voting.Voted voted = machine.onVote(guardian, choice, conditions, reason, now);
            journal.effect(() -> after.accept(voted));
        });
    }

    /** A party calls in. False when it has no part in this now. */
    boolean take(Party party, IncomingCall call) {
        boolean[] taken = new boolean[1];
        step(now -> {
            int leg = switch (party) {
                case Expert expert -> machine.onCalledIn(expert, call.from(), now);
                case Guardian guardian -> machine.onCalledIn(guardian, call.from(), now);
            };
            if (leg == 0) return;
            taken[0] = true;
            lines.take(leg, party, call);
        });
        return taken[0];
    }

    /** Puts all down as it is, for the next life: calls end, nothing is decided. */
    void suspend() {
        suspended = true;
        journal.stop();
        if (alarm != null) alarm.cancel();
        lines.cut("the bus restarts");
    }

    /** The legs that are up. */
    List<LiveLeg> legs() { return lines.legs(); }

    Optional<Conference> conference() { return lines.conference(); }

    // --- what the machine asks ---------------------------------------------------------------------------------------------------------

    @Override
    public void entered(State state, ObjectNode detail) {
        ObjectNode payload = mine(detail);
        Draft.Blob blob = state == State.RECEIVED ? request : null;
        request = null;
        journal.entry(new Draft(state.event(), matter.traceId(), payload, blob == null ? Map.of() : Map.of("request", blob)));
        machine.plan().ifPresent(plan -> lines.ahead(plan.foreseen(state, guardians())));
    }

    @Override
    public void noted(EventType type, ObjectNode detail) { journal.entry(new Draft(type, matter.traceId(), mine(detail))); }

    @Override
    public void concluded(State end, Verdict verdict) {
        lines.outcome(verdict.decision());
        journal.end(
                new Draft(end.event(), matter.traceId(), mine(Payload.of("decision", verdict.decision(), "conditions", verdict.conditions(), "reason",
                        verdict.reason()))),
                verdict);
        matter.callback().ifPresent(callback -> {
            long now = timers.wallTime().toEpochMilli();
            EscalationRows.Delivery delivery = new EscalationRows.Delivery(matter.id(), matter.traceId(), callback, 0, now, now);
            journal.write((tx, sealed) -> EscalationRows.deliver(tx, delivery));
            journal.effect(() -> watcher.decided(delivery));
        });
    }

    @Override
    public void dial(int leg, Callee callee) { lines.dial(leg, callee, firstHash); }

    @Override
    public void say(int leg, Phrase phrase) { lines.say(leg, phrase); }

    @Override
    public void press(int leg, PostAnswer keys) { lines.press(leg, keys); }

    @Override
    public void hush(int leg) { lines.hush(leg); }

    @Override
    public void announce(Phrase phrase) { lines.announce(phrase); }

    @Override
    public void join(int leg) { lines.join(leg); }

    @Override
    public void hangUp(int leg, String reason) { lines.hangUp(leg, reason); }

    @Override
    public void tidy() { lines.tidy(); }

    @Override
    public List<Guardian> guardians() { return parts.guard().get().roster().guardians(); }

    // --- what the journal asks ---------------------------------------------------------------------------------------------------------

    @Override
    public Journal.Write snapshot(Journal.Batch batch) {
        Kept kept = machine.kept();
        boolean open = !machine.over();
        EscalationView now = portrait.of(machine, view.history());
        List<Draft> drafts = List.copyOf(batch.drafts);
        Verdict verdict = batch.verdict;
        int end = batch.verdictDraft;
        boolean first = firstHash.isEmpty();
        return (tx, sealed) -> {
            Optional<String> decision = verdict == null ? now.decision() : Optional.of(decision(verdict, sealed.get(end)));
            EscalationView next = Portrait.complete(now, drafts, sealed, decision);
            String hash = first ? sealed.getFirst().hash() : firstHash;
            if (first) EscalationRows.insert(tx, matter, level, sealed.getFirst().seq(), hash, kept, next);
            else EscalationRows.update(tx, matter.id(), kept, next, open);
            if (verdict != null) EscalationRows.decide(tx, matter.id(), decision.orElseThrow());
            if (!open) EscalationRows.dropLegs(tx, matter.id());
            written.set(new Written(next, hash));
        };
    }

    @Override
    public void durable() {
        Written done = written.get();
        if (done == null) return;
        firstHash = done.firstHash();
        view = done.view();
        portrait.keep(done.view());
    }

    @Override
    public void stillborn(StoreFailure why) {
        suspended = true;
        if (alarm != null) alarm.cancel();
        watcher.stillborn(this, why);
    }

    // --- small things ------------------------------------------------------------------------------------------------------------------

    /** One event, whole: the machine moves, what it asked for is committed, what it waits for is timed. */
    private void step(LongConsumer event) {
        if (suspended || ended) return;
        event.accept(timers.nowNanos());
        if (machine.over() && !ended) {
            ended = true;
            journal.write((tx, sealed) -> {}); // the row must say that it is over, even where no entry does
            journal.effect(() -> {
                lines.forget();
                watcher.over(this);
            });
        }
        setAlarm();
        journal.flush();
    }

    private void setAlarm() {
        long due = ended ? Due.NEVER : machine.dueNanos();
        if (due == alarmNanos && alarm != null) return;
        if (alarm != null) alarm.cancel();
        alarmNanos = due;
        alarm = due == Due.NEVER ? null : timers.at(due, () -> {
            alarm = null;
            step(machine::onTime);
        });
    }

    private String decision(Verdict verdict, Entry entry) { return Decisions.signed(parts, matter, level, verdict, entry); }

    private ObjectNode mine(ObjectNode detail) { return Payload.of("escalation", matter.id()).setAll(detail); }
}
