package org.infrafabric.sim;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.infrafabric.escalate.EscalationDesk;
import org.infrafabric.escalate.Escalations;
import org.infrafabric.escalate.Escalations.Submission;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.Signatures;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Those who use the bus over HTTP: agents who ask and ask again, guardians who vote, operators who call things off. */
final class Crowd {
    private static final Duration ARRIVE_WITHIN = Duration.ofMinutes(15);
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final World world;
    private final Dice dice;
    private final int messages;
    private final Map<String, Boolean> accepted = new LinkedHashMap<>(); // id → whether it gave a callback
    private final Map<String, Integer> refused = new TreeMap<>();
    private final Set<String> wrongs = new LinkedHashSet<>();
    private int settled;

    Crowd(World world, int messages) {
        this.world = world;
        this.dice = world.dice;
        this.messages = messages;
    }

    /** Plans all that they will do. */
    void arrive(String prefix) {
        for (int i = 0; i < messages; i++) {
            String id = prefix + i;
            later(dice.between(0, ARRIVE_WITHIN.toMillis()), () -> begin(id));
        }
    }

    /** Every message has its answer. */
    boolean settled() { return settled == messages; }

    Map<String, Boolean> accepted() { return accepted; }

    Map<String, Integer> refused() { return refused; }

    Set<String> wrongs() { return wrongs; }

    private void begin(String id) {
        byte[] body = message(id, "");
        submit(id, body, true);
        if (world.faults.contains(Fault.DUPLICATES)) {
            if (dice.percent(15)) later(dice.between(1, 200_000), () -> submit(id, body, false));
            if (dice.percent(5)) later(dice.between(1, 200_000), () -> submit(id, message(id, " and more"), false));
        }
        if (dice.percent(6)) later(dice.between(1, 200_000), () -> callOff(id));
        for (int votes = dice.below(5); votes > 0; votes--) later(dice.between(20_000, 240_000), () -> vote(id));
        if (dice.percent(8)) later(dice.between(1_000, 120_000), () -> callIn(id));
    }

    private void submit(String id, byte[] body, boolean first) {
        Optional<EscalationDesk> desk = world.desk();
        if (desk.isEmpty()) {
            if (first) later(AGAIN, () -> submit(id, body, true));
            return;
        }
        boolean[] answered = new boolean[1];
        var unused = desk.get().submit(body, World.AGENT, world.timers.nowNanos()).thenAccept(answer -> {
            answered[0] = true;
            answered(id, body, first, answer);
        });
        if (first) later(Duration.ofSeconds(30), () -> { // no answer: the process died; an agent asks again
            if (!answered[0]) submit(id, body, true);
        });
    }

    private void answered(String id, byte[] body, boolean first, Submission answer) {
        switch (answer) {
            case Submission.Accepted taken -> {
                if (accepted.containsKey(id) && first) wrongs.add(id + " was accepted twice");
                accepted(id, body);
                if (first) settled++;
            }
            case Submission.Repeated known -> {
                accepted(id, body);
                if (first) settled++;
            }
            case Submission.Refused no -> {
                if (first && no.refusal().code() == Escalations.Refusal.Code.OVERLOAD) {
                    later(AGAIN.plus(dice.between(0, 5_000)), () -> submit(id, body, true));
                } else if (first) {
                    settled++;
                }
                refused.merge(no.refusal().code().label(), 1, Integer::sum);
            }
        }
    }

    private void accepted(String id, byte[] body) {
        accepted.put(id, new String(body, StandardCharsets.UTF_8).contains("agent.sim"));
    }

    private void vote(String id) {
        Escalations.Vote vote = dice.one(List.of(Escalations.Vote.values()));
        List<String> conditions = vote == Escalations.Vote.APPROVE && dice.percent(30) ? List.of("only after counsel has signed") : List.of();
        world.desk().ifPresent(desk -> {
            var unused = desk.vote(id, dice.one(world.guardians).id(), vote, conditions, Optional.empty());
        });
    }

    private void callOff(String id) {
        world.desk().ifPresent(desk -> {
            var unused = desk.cancel(id, "op");
        });
    }

    private void callIn(String id) {
        world.desk().flatMap(desk -> desk.find(id)).ifPresent(view -> world
                .callIn(dice.percent(50) ? dice.one(world.guardians).uri() : dice.one(world.experts).uri(), view.traceId()));
    }

    private byte[] message(String id, String more) {
        ObjectNode message = JsonNodeFactory.instance.objectNode();
        message.put("id", id).put("timestamp", Rfc3339.format(world.timers.wallTime())).put("level", 1 + dice.below(5)).put("source", World.AGENT)
                .put("destination", "if://service/guard/council").put("version", "1.0");
        ObjectNode payload = message.putObject("payload");
        payload.put("performative", dice.percent(90) ? "ESCALATE" : "INFORM").put("summary", "May I go on with step " + dice.below(100) + "?" + more);
        payload.putArray("hazards")
                .add(dice.one(List.of("legal", "safety", "security", "legal", "safety", "security", dice.percent(25) ? "privacy" : "legal",
                        dice.percent(10) ? "weather" : "safety")));
        payload.putObject("confidence").put("normalized", dice.below(100) / 100.0);
        if (dice.percent(70)) payload.put("callback", "http://agent.sim/" + id);
        if (dice.percent(20)) payload.put("deadline", Rfc3339.format(world.timers.wallTime().plus(dice.between(10_000, 400_000))));
        return Signatures.sign(message, world.agentKey).toString().getBytes(StandardCharsets.UTF_8);
    }

    private void later(Duration delay, Runnable what) {
        var unused = world.timers.after(delay, what);
    }
}
