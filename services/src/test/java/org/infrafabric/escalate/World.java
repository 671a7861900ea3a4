package org.infrafabric.escalate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.LegEnd;
import org.infrafabric.guard.Accept;
import org.infrafabric.guard.CouncilRules;
import org.infrafabric.guard.Expert;
import org.infrafabric.guard.Guardian;
import org.infrafabric.guard.Judgement;
import org.infrafabric.guard.Ruling;
import org.infrafabric.witness.EventType;
import tools.jackson.databind.node.ObjectNode;

/** All that an escalation asks of the world, written down; and time by hand. */
final class World implements Out {
    static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    static final CouncilRules RULES = new CouncilRules(2, Duration.ofMinutes(5), Duration.ofSeconds(30), false, false);

    static final Ruling RULING = new Ruling("legal", "legal always", "ab", Map.of());

    record Said(int leg, Phrase phrase) {}

    final List<State> states = new ArrayList<>();
    final List<EventType> notes = new ArrayList<>();
    final List<ObjectNode> details = new ArrayList<>();
    final List<ObjectNode> payloads = new ArrayList<>();
    ObjectNode entered = Payload.of(); // with the newest state
    final List<Verdict> verdicts = new ArrayList<>();
    final Map<Integer, Callee> dialled = new LinkedHashMap<>();
    final Set<Integer> live = new LinkedHashSet<>(); // dialled and not told to hang up, nor ended
    final Set<Integer> joined = new LinkedHashSet<>();
    final List<Said> said = new ArrayList<>();
    final List<Guardian> roster = new ArrayList<>();
    final StringBuilder pressed = new StringBuilder();
    Pace pace = Pace.USUAL;
    int tidied;
    long now = 1_000;
    Escalation escalation;

    static Expert expert(String name) { return new Expert("sip:" + name + "@test", name, Set.of("legal"), Accept.DTMF, Duration.ofSeconds(20)); }

    static Matter matter(Optional<Instant> deadline) {
        return new Matter("esc-1", "0af7651916cd43dd8448eb211c80319c", "if://agent/a", List.of("legal"), "May I publish?", "high",
                List.of("filing.md"),
                deadline, Optional.empty(), "00", "ab");
    }

    World guardians(String... ids) {
        for (String id : ids) roster.add(new Guardian(id, "sip:" + id + "@test", Accept.ANSWER));
        return this;
    }

    World begin(CouncilRules rules, Optional<Duration> deadline, List<List<Expert>> rungs) {
        escalation = new Escalation(matter(deadline.map(NOON::plus)), pace, this, NOON, now);
        escalation.onReceived("if://agent/a", true, Payload.of());
        escalation.onJudged(new Judgement.People(RULING, List.of("legal"), rungs, rules), now);
        escalation.onReady(now);
        return this;
    }

    /** The same escalation in another process, {@code later}. */
    World restart(Duration later) {
        Kept kept = escalation.kept();
        live.clear();
        joined.clear();
        now = 77_000_000_000L; // another origin
        escalation = new Escalation(escalation.matter(), pace, this, kept, NOON.plus(later), now);
        escalation.onRestart(now);
        return this;
    }

    State state() { return escalation.state(); }

    /** The newest live leg of this party. */
    int leg(String name) {
        return dialled.entrySet().stream().filter(entry -> live.contains(entry.getKey()) && entry.getValue().uri.equals("sip:" + name + "@test"))
                .mapToInt(Map.Entry::getKey).max().orElseThrow(() -> new AssertionError(name + " is not being called"));
    }

    boolean calling(String name) {
        return dialled.entrySet().stream().anyMatch(entry -> live.contains(entry.getKey()) && entry.getValue().uri.equals("sip:" + name + "@test"));
    }

    long callsTo(String name) { return dialled.values().stream().filter(callee -> callee.uri.equals("sip:" + name + "@test")).count(); }

    World answer(String name) {
        escalation.onAnswered(leg(name), 0, now);
        return this;
    }

    World press(String name, char digit) {
        escalation.onDigit(leg(name), digit, now);
        return this;
    }

    World fails(String name, CallFailure failure) { return fails(name, failure, Duration.ZERO); }

    /** Its phone does not want to be called before so long. */
    World fails(String name, CallFailure failure, Duration retryAfter) {
        int leg = leg(name);
        live.remove(leg);
        escalation.onEnded(leg, new LegEnd(Optional.of(failure), true, failure.sipStatus(), "", retryAfter), now);
        return this;
    }

    World hangsUp(String name) {
        int leg = leg(name);
        live.remove(leg);
        joined.remove(leg);
        escalation.onEnded(leg, new LegEnd(Optional.empty(), true, 0, ""), now);
        return this;
    }

    World hears(String name, Phrase phrase) {
        escalation.onSaid(leg(name), phrase, now);
        return this;
    }

    World hearsATone(String name, Phrase phrase) {
        escalation.onUnspoken(leg(name), phrase, now);
        return this;
    }

    Phrase lastSaidTo(String name) {
        int leg = leg(name);
        return said.stream().filter(words -> words.leg() == leg).reduce((first, second) -> second).orElseThrow().phrase();
    }

    /** Time passes, and the escalation is woken whenever it asked to be. */
    World advance(long amount, TimeUnit unit) {
        long end = now + unit.toNanos(amount);
        while (escalation.dueNanos() != Due.NEVER && escalation.dueNanos() - end <= 0) {
            now = Math.max(now, escalation.dueNanos());
            escalation.onTime(now);
        }
        now = end;
        return this;
    }

    Verdict verdict() {
        if (verdicts.size() != 1) throw new AssertionError("verdicts: " + verdicts);
        return verdicts.getFirst();
    }

    @Override
    public void entered(State state, ObjectNode detail) {
        states.add(state);
        entered = detail;
    }

    @Override
    public void noted(EventType type, ObjectNode detail) {
        notes.add(type);
        details.add(detail);
        payloads.add(detail);
    }

    @Override
    public void concluded(State end, Verdict verdict) {
        states.add(end);
        verdicts.add(verdict);
    }

    @Override
    public void dial(int leg, Callee callee) {
        if (dialled.put(leg, callee) != null) throw new AssertionError("leg " + leg + " twice");
        live.add(leg);
    }

    @Override
    public void say(int leg, Phrase phrase) { said.add(new Said(leg, phrase)); }

    @Override
    public void press(int leg, PostAnswer keys) { keys.keys().forEach(stroke -> pressed.append(stroke.key())); }

    @Override
    public void hush(int leg) {}

    @Override
    public void announce(Phrase phrase) { said.add(new Said(0, phrase)); }

    @Override
    public void join(int leg) { joined.add(leg); }

    @Override
    public void hangUp(int leg, String reason) {
        live.remove(leg);
        joined.remove(leg);
    }

    @Override
    public void tidy() { tidied++; }

    @Override
    public List<Guardian> guardians() { return List.copyOf(roster); }
}
