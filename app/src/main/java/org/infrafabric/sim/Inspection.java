package org.infrafabric.sim;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.infrafabric.escalate.EscalationDesk;
import org.infrafabric.escalate.EscalationView;
import org.infrafabric.escalate.State;
import org.infrafabric.message.IfMessage;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.Signatures;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.Verdict;
import org.infrafabric.witness.Verifier;
import org.infrafabric.witness.WitnessReader;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Looks at a world that has come to rest and says what DESIGN §5 promised and did not hold. */
final class Inspection {
    private static final int CHUNK = 5_000;

    private final World world;
    private final Crowd crowd;
    private final Map<String, List<Told>> told = new LinkedHashMap<>(); // escalation → the entries of its states
    private final Set<String> heard = new HashSet<>(); // escalations whose expert has just heard the case
    private final Map<String, Integer> ends = new TreeMap<>();
    private final List<String> violations = new ArrayList<>();
    private String head = "";
    private long entries;

    private record Told(State state, long seq, String hash) {}

    Inspection(World world, Crowd crowd) {
        this.world = world;
        this.crowd = crowd;
    }

    Map<String, Integer> ends() { return ends; }

    List<String> violations() { return violations; }

    long entries() { return entries; }

    /** Hash of the last entry. */
    String head() { return head; }

    void look() {
        Optional<EscalationDesk> desk = world.desk();
        if (desk.isEmpty()) {
            violations.add("the bus did not come back");
            return;
        }
        violations.addAll(world.phones.wrongs());
        violations.addAll(crowd.wrongs());
        if (!crowd.settled()) violations.add("a message never got an answer");
        if (desk.get().live() != 0) violations.add(desk.get().live() + " escalations never ended");
        if (world.audio.open() != 0) violations.add(world.audio.open() + " bridges were left open");
        for (String leg : world.phones.left()) violations.add(leg + " was left behind");
        long kept = world.store.read(tx -> tx.first("SELECT count(*) FROM escalation_legs", row -> row.number(0))).orElse(0L);
        if (kept != 0) violations.add(kept + " legs stand in the store of escalations that are over");
        chain();
        crowd.accepted().forEach((id, callback) -> one(desk.get(), id, callback));
        for (String id : told.keySet()) if (!crowd.accepted().containsKey(id)) unheard(desk.get(), id);
    }

    private void chain() {
        Verdict verdict = new Verifier(Set.of(world.busKey.verifyKey()), Optional.empty()).verify(world.store);
        verdict.fault().ifPresent(fault -> violations.add("the log is broken at seq " + fault.seq() + ": " + fault.what()));
        head = verdict.head();
        entries = verdict.entries();
        WitnessReader reader = world.log().reader();
        for (long from = 1; from <= entries; from += CHUNK) {
            for (Entry entry : reader.entries(from, CHUNK)) note(entry);
        }
    }

    private void note(Entry entry) {
        JsonNode json = JsonMapper.shared().readTree(entry.json());
        String event = json.path("event").asString("");
        String id = json.path("payload").path("escalation").asString("");
        if (event.equals(EventType.EXPERT_DECIDED.event()) && !heard.contains(id))
            violations.add(id + " was decided by an expert who had not heard it");
        if (!json.path("component").asString("").equals("IF.escalate")) return;
        State state = State.valueOf(event.toUpperCase(Locale.ROOT));
        if (state == State.BRIEFED && json.path("payload").path("spoken").asBoolean(true)) heard.add(id);
        else heard.remove(id);
        told.computeIfAbsent(id, unknown -> new ArrayList<>()).add(new Told(state, entry.seq(), entry.hash()));
    }

    /** The answer was lost with the process, and the agent never asked again; it must come to its end all the same. */
    private void unheard(EscalationDesk desk, String id) {
        one(desk, id, false);
    }

    private void one(EscalationDesk desk, String id, boolean callback) {
        Optional<EscalationView> found = desk.find(id);
        List<Told> states = told.getOrDefault(id, List.of());
        if (found.isEmpty() || states.isEmpty()) {
            violations.add(id + " was accepted and is forgotten");
            return;
        }
        EscalationView view = found.get();
        if (states.getFirst().state != State.RECEIVED) violations.add(id + " does not begin with its receipt");
        for (int i = 1; i < states.size(); i++) {
            State before = states.get(i - 1).state;
            State after = states.get(i).state;
            if (!before.next().contains(after)) violations.add(id + " went from " + before + " to " + after);
        }
        State last = states.getLast().state;
        ends.merge(last.name(), 1, Integer::sum);
        if (!last.last()) violations.add(id + " stays in " + last);
        if (!view.state().equals(last.name())) violations.add(id + " is " + view.state() + " in the store and " + last + " in the log");
        if (!view.history().stream().map(step -> step.seq()).toList().equals(states.stream().map(Told::seq).toList())) {
            violations.add(id + " has another history than the log");
        }
        List<Told> decisions = states.stream().filter(step -> step.state.decided() && step.state != State.CLOSED).toList();
        if (decisions.size() != 1) violations.add(id + " was decided " + decisions.size() + " times");
        else decision(id, view.decision(), decisions.getFirst(), callback);
    }

    private void decision(String id, Optional<String> decision, Told end, boolean callback) {
        if (decision.isEmpty()) {
            violations.add(id + " has no decision");
            return;
        }
        try {
            IfMessage message = IfMessage.parse(decision.get().getBytes(StandardCharsets.UTF_8));
            if (!Signatures.verify(message, world.busKey.verifyKey())) violations.add(id + "'s decision is not signed by the bus");
            JsonNode witness = message.original().path("payload").path("witness");
            if (witness.path("seq").asLong(0) != end.seq || !witness.path("hash").asString("").equals(end.hash)) {
                violations.add(id + "'s decision names another entry than its end's");
            }
        } catch (MessageRefused refused) {
            violations.add(id + "'s decision is no message: " + refused.detail());
        }
        Set<String> taken = world.delivered.getOrDefault(id, Set.of());
        if (callback && !taken.equals(Set.of(decision.get()))) violations.add(id + "'s callback took " + taken.size() + " decisions");
    }
}
