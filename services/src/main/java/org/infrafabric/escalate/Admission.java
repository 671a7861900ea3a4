package org.infrafabric.escalate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.infrafabric.escalate.Escalations.Refusal;
import org.infrafabric.escalate.Escalations.Refusal.Code;
import org.infrafabric.escalate.Escalations.Submission;
import org.infrafabric.guard.Guard;
import org.infrafabric.guard.Judgement;
import org.infrafabric.message.IfMessage;
import org.infrafabric.message.TraceIds;
import org.infrafabric.witness.EventType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes messages in: each is looked at where that may take its time, and then, on the owner's thread, is new, known or refused. A new one is answered when its
 * first entry is durable.
 */
final class Admission {
    /** What it asks of the house that the escalations live in. Owner's thread. */
    interface House {
        Optional<Running> running(String id);

        /** Whether it ended a short while ago, so that who looked for its row before must look again. */
        boolean justEnded(String id);

        /** False when new work is refused as overload. */
        boolean takesMore();

        Running begin(Matter matter, int level, byte[] body, long receivedNanos);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
    /** So many entries at once about what was turned away. */
    static final int BURST = 20;

    private final DeskParts parts;
    private final EscalationRows rows;
    private final Asides asides;
    private final House house;
    private final Map<String, CompletableFuture<Submission>> births = new ConcurrentHashMap<>();
    private final Trickle refusals = new Trickle(BURST);

    Admission(DeskParts parts, EscalationRows rows, Asides asides, House house) {
        this.parts = parts;
        this.rows = rows;
        this.asides = asides;
        this.house = house;
    }

    /** Any thread; see {@link Escalations#submit}. */
    CompletableFuture<Submission> submit(byte[] body, String agent, long receivedNanos) {
        CompletableFuture<Submission> answer = new CompletableFuture<>();
        lookLater(body, agent, receivedNanos, answer);
        return answer;
    }

    private void lookLater(byte[] body, String agent, long receivedNanos, CompletableFuture<Submission> answer) {
        parts.blocking().execute(() -> {
            try {
                look(body, agent, receivedNanos, answer);
            } catch (RuntimeException broken) { // fail closed: nothing was created
                LOG.error("A message of {} could not be looked at", agent, broken);
                answer.complete(new Submission.Refused(new Refusal(Code.OVERLOAD, "", "The bus cannot read its store now; try again.")));
            }
        });
    }

    /** Its first entry is durable. */
    void born(Running born) {
        CompletableFuture<Submission> answer = births.remove(born.matter().id());
        if (answer != null) answer.complete(new Submission.Accepted(born.view()));
    }

    /** The log could not take it: there is no such escalation. */
    void stillborn(String id) {
        CompletableFuture<Submission> answer = births.remove(id);
        if (answer != null) answer.complete(new Submission.Refused(new Refusal(Code.OVERLOAD, "", "The log cannot take it now; try again.")));
    }

    /** Whether its first entry is still on its way; any thread. */
    boolean unborn(String id) { return births.containsKey(id); }

    private void look(byte[] body, String agent, long receivedNanos, CompletableFuture<Submission> answer) {
        Guard guard = parts.guard().get();
        switch (Door.look(body, agent, guard, parts.settings().hazards(), parts.timers().wallTime())) {
            case Door.Finding.Unsound unsound -> parts.owner().execute(() -> refuse(unsound.refusal(), agent, unsound.trace(), answer));
            case Door.Finding.Sound sound -> {
                Optional<EscalationRows.Known> known = rows.known(sound.message().id());
                Optional<Judgement> judgement = known.isPresent() || sound.ifNew().isPresent() ? Optional.empty()
                        : Optional.of(guard.judge(sound.message(), parts.timers().wallTime(), parts.timers().nowNanos()));
                parts.owner().execute(() -> admit(sound, known, judgement, body, agent, receivedNanos, answer));
            }
        }
    }

    /** Owner's thread. */
    private void admit(Door.Finding.Sound sound, Optional<EscalationRows.Known> known, Optional<Judgement> judgement, byte[] body, String agent,
            long receivedNanos, CompletableFuture<Submission> answer) {
        IfMessage message = sound.message();
        Optional<Running> same = house.running(message.id());
        if (same.isPresent()) {
            repeated(message, same.get(), agent, answer);
        } else if (known.isPresent()) {
            if (known.get().source().equals(message.source()) && known.get().sha().equals(message.requestSha256())) {
                answer.complete(new Submission.Repeated(known.get().view()));
            } else {
                refuse(conflict(), agent, message.traceId(), answer);
            }
        } else if (house.justEnded(message.id())) {
            lookLater(body, agent, receivedNanos, answer); // it came and went since the last look: its row is there now
        } else if (sound.ifNew().isPresent()) {
            refuse(sound.ifNew().get(), agent, message.traceId(), answer);
        } else if (!house.takesMore()) {
            answer.complete(
                    new Submission.Refused(new Refusal(Code.OVERLOAD, "", "The bus takes no new escalation now; try again in a few seconds.")));
        } else {
            create(sound, judgement.orElseThrow(), body, receivedNanos, answer);
        }
    }

    private void create(Door.Finding.Sound sound, Judgement judgement, byte[] body, long receivedNanos,
            CompletableFuture<Submission> answer) {
        IfMessage message = sound.message();
        List<String> hazards = judgement instanceof Judgement.People people ? people.hazards() : message.hazards();
        Matter matter = new Matter(message.id(), message.traceId().orElseGet(() -> TraceIds.random(parts.random())), message.source(), hazards,
                message.summary(),
                message.severity().orElse(""), message.evidence().stream().map(item -> item.name()).toList(), message.deadline(), message.callback(),
                message.requestSha256(), judgement.ruling().policyHash());
        births.put(matter.id(), answer);
        house.begin(matter, message.level(), body, receivedNanos).begin(message.source(), sound.signed(), judgement, barred(message));
    }

    /** Names of the evidence that nobody may fetch: its host is not in the operator's list. People are asked all the same. */
    private List<String> barred(IfMessage message) {
        return message.evidence().stream()
                .filter(item -> item.uri().flatMap(uri -> AllowedHosts.unfit("evidence", uri, parts.settings().callbackHosts())).isPresent())
                .map(item -> item.name()).toList();
    }

    private void repeated(IfMessage message, Running same, String agent, CompletableFuture<Submission> answer) {
        Matter matter = same.matter();
        if (!matter.source().equals(message.source()) || !matter.requestSha256().equals(message.requestSha256())) {
            refuse(conflict(), agent, message.traceId(), answer);
            return;
        }
        CompletableFuture<Submission> birth = births.get(matter.id());
        if (birth == null) {
            answer.complete(new Submission.Repeated(same.view()));
            return;
        }
        var unused = birth
                .thenAccept(born -> answer.complete(born instanceof Submission.Accepted accepted ? new Submission.Repeated(accepted.view()) : born));
    }

    private static Refusal conflict() {
        return new Refusal(Code.CONFLICT, "/id", "Another message has this id; ids are unique on a bus. Send the same bytes again, or use a new id.");
    }

    /** The refusal is told at once; its entry is for the operator, and a flood of them is counted, not written. */
    private void refuse(Refusal refusal, String agent, Optional<String> trace, CompletableFuture<Submission> answer) {
        answer.complete(new Submission.Refused(refusal));
        long suppressed = refusals.let(parts.timers().nowNanos());
        if (suppressed < 0) return;
        asides.note(EventType.MESSAGE_REFUSED, trace, Payload.of("agent", Trickle.brief(agent), "code", refusal.code().label(), "field",
                Trickle.brief(refusal.field()), "detail", Trickle.brief(refusal.detail()), "suppressed", suppressed));
    }
}
