package org.infrafabric.escalate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.infrafabric.call.Conference;
import org.infrafabric.call.Leg;
import org.infrafabric.escalate.EscalationView.Step;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.Entry;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** How an escalation looks from outside: gathers what the state machine does not need to know, and draws the {@link EscalationView}. Owner's thread. */
final class Portrait {
    private final Matter matter;
    private final Map<Integer, Known> legs = new LinkedHashMap<>();
    private Optional<Long> ringMillis = Optional.empty();
    private Optional<Long> setupMillis = Optional.empty();
    private Optional<String> recording = Optional.empty();
    private Optional<String> decision = Optional.empty();

    private record Known(String party, boolean expert, String state, Instant since) {}

    Portrait(Matter matter) { this.matter = matter; }

    Portrait(Matter matter, EscalationView before) {
        this.matter = matter;
        ringMillis = before.ringMillis();
        setupMillis = before.setupMillis();
        recording = before.recording();
        decision = before.decision();
    }

    void calling(int leg, String party, boolean expert, Instant since) { legs.put(leg, new Known(party, expert, "dialing", since)); }

    /** {@code millis} since the message was read. */
    void ringing(int leg, long millis) {
        Known known = legs.get(leg);
        if (known == null) return;
        legs.put(leg, new Known(known.party, known.expert, "ringing", known.since));
        if (known.expert && ringMillis.isEmpty()) ringMillis = Optional.of(millis);
    }

    void answered(int leg) {
        Known known = legs.get(leg);
        if (known != null) legs.put(leg, new Known(known.party, known.expert, "answered", known.since));
    }

    void heard(int leg, long millis) {
        Known known = legs.get(leg);
        if (known != null && known.expert && setupMillis.isEmpty()) setupMillis = Optional.of(millis);
    }

    void ended(int leg) { legs.remove(leg); }

    void recorded(String file) { recording = Optional.of(file); }

    /** What has become durable. */
    void keep(EscalationView durable) { decision = durable.decision(); }

    List<LiveLeg> legs(@Nullable Conference conference) {
        List<LiveLeg> all = new ArrayList<>();
        legs.forEach((leg, known) -> all.add(new LiveLeg(conference == null ? "" : conference.leg(leg).map(Leg::id).orElse(""), known.party,
                known.expert ? "expert" : "guardian", known.state, matter.id(), known.since)));
        return all;
    }

    /** As it stands now; steps whose entries are not sealed yet are not in {@code history}. */
    EscalationView of(Escalation machine, List<Step> history) {
        return new EscalationView(matter.id(), matter.traceId(), matter.source(), machine.state().name(), matter.hazards(), matter.summary(),
                matter.severity(), machine.rung(), machine.reached(), council(machine), decision, history, ringMillis, setupMillis, recording);
    }

    private static EscalationView.Council council(Escalation machine) {
        int quorum = machine.plan().map(plan -> plan.rules().quorum()).orElse(0);
        List<EscalationView.Member> members = machine.ballot().map(Ballot::eligible).orElseGet(machine::summoned).stream()
                .map(guardian -> new EscalationView.Member(guardian, machine.onBridge(guardian))).toList();
        List<EscalationView.Cast> votes = machine.ballot().map(Ballot::votes).orElse(List.of()).stream()
                .map(vote -> new EscalationView.Cast(vote.guardian(), Words.of(vote.choice()), Rfc3339.format(vote.time()), vote.conditions()))
                .toList();
        return new EscalationView.Council(members, votes, quorum, machine.state() == State.IN_COUNCIL, machine.votingEnds().map(Rfc3339::format));
    }

    /** With the steps that are sealed now. */
    static EscalationView complete(EscalationView view, List<Draft> drafts, List<Entry> sealed, Optional<String> decision) {
        List<Step> history = new ArrayList<>(view.history());
        for (int i = 0; i < drafts.size(); i++) {
            OptionalInt state = state(drafts.get(i));
            if (state.isPresent()) {
                history.add(new Step(State.values()[state.getAsInt()].name(), sealed.get(i).time(), sealed.get(i).seq(),
                        detail(drafts.get(i).payload())));
            }
        }
        return new EscalationView(view.id(), view.traceId(), view.source(), view.state(), view.hazards(), view.summary(), view.severity(),
                view.rung(),
                view.expert(), view.council(), decision, history, view.ringMillis(), view.setupMillis(), view.recording());
    }

    private static OptionalInt state(Draft draft) {
        for (State state : State.values()) if (state.event() == draft.type()) return OptionalInt.of(state.ordinal());
        return OptionalInt.empty();
    }

    /** The one field of a step that people want beside its name. */
    private static String detail(JsonNode payload) {
        if (payload.has("decision")) return payload.path("decision").asString("") + ": " + payload.path("reason").asString("");
        if (payload.has("experts")) return "rung " + payload.path("rung").asInt(0);
        for (String name : List.of("expert", "reason", "deadline")) if (payload.has(name)) return payload.path(name).asString("");
        return "";
    }
}
