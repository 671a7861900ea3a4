package org.infrafabric.server;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.infrafabric.escalate.EscalationView;
import org.infrafabric.escalate.EscalationView.Cast;
import org.infrafabric.escalate.EscalationView.Council;
import org.infrafabric.escalate.EscalationView.Member;
import org.infrafabric.escalate.EscalationView.Step;
import org.infrafabric.escalate.Escalations;
import org.infrafabric.escalate.Feedback;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.Signatures;
import org.infrafabric.witness.Entry;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * For work on the dashboard: the real API on a port, with an invented bus behind it whose log is really chained and signed. Never part of a build.
 *
 * <p>Arguments: port, number of further escalations for a long list. Tokens: {@code op}, {@code sage}, {@code agent}.
 */
final class DashboardPreview implements Escalations {
    private static final String AGENT = "if://agent/swarm/legal-1";
    private final MemoryLog log = new MemoryLog();
    private final Map<String, EscalationView> views = new ConcurrentSkipListMap<>();
    private final Instant start = Instant.now();

    void main(String[] arguments) throws Exception {
        int port = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 8080;
        Map<String, Principal> tokens = Map.of("op", new Principal(Role.OPERATOR, "op"), "sage", new Principal(Role.GUARDIAN, "sage"), "agent",
                new Principal(Role.AGENT, AGENT));
        ended("esc-0412", "May I quote the leaked audit report in the press summary?", "medium", List.of("legal", "privacy"), "reject", -52);
        ended("esc-0413", "Publish the earnings note before the quiet period is over?", "high", List.of("legal"), "approve-with-conditions", -17);
        open("esc-0414", "The valve on reactor line 3 stays open although the interlock says closed. Override and vent?", "critical", -2);
        ringing("esc-0415", "Two operators gave opposite orders for the same shipment. Which one holds?", "low", 0);
        for (int i = 0; i < (arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0); i++)
            ringing("esc-1" + i, "One more question, number " + i, "low", -600 - i);
        HttpParts parts = new HttpParts(this, log, token -> Optional.ofNullable(tokens.get(token)), new GuardHouse().live, List.of("legal", "safety"),
                new org.infrafabric.sip.EdgeCheck(id -> Optional.empty()),
                () -> List.of(new PublishedKey(MemoryLog.KEY.keyId(), MemoryLog.KEY.verifyKey().toString(), Rfc3339.format(start))),
                new CallDesk(() -> CompletableFuture.completedFuture(List.of()), new ToldCalls(), new ToldCalls().rooms),
                new Metrics(), Optional::empty, () -> Duration.ZERO);
        HttpApi api = new HttpApi(HttpSettings.defaults("127.0.0.1", port), parts);
        System.out.println("http://127.0.0.1:" + api.start() + " until a key is pressed");
        int _ = System.in.read();
        api.close();
    }

    private void ended(String id, String summary, String severity, List<String> hazards, String decision, long minutes) throws IOException {
        Story story = new Story(id, minutes).through("RECEIVED", "VALIDATED", "JUDGED", "RINGING");
        story.say(140, "IF.call", "call_ringing", "party", "sip:expert-legal@127.0.0.1:5080").say(3_000, "IF.call", "call_answered", "party",
                "sip:expert-legal@127.0.0.1:5080");
        story.through("ACCEPTED", "BRIEFED", "IN_COUNCIL").say(900, "IF.council", "guardian_joined", "guardian", "sage");
        story.say(25_000, "IF.council", "vote_cast", "guardian", "sage", "vote", decision.startsWith("approve") ? "approve" : "reject", "channel",
                "dtmf");
        story.through("DECIDED");
        List<String> conditions = decision.endsWith("conditions") ? List.of("publish only after counsel has signed", "leave out the table on page 3")
                : List.of();
        Entry end = log.entries(Optional.of(ToldEscalations.trace(id)), 1, 1_000).getLast();
        String signed = decision(id, decision, conditions, end);
        story.through("CLOSED");
        String vote = decision.startsWith("approve") ? "approve" : "reject";
        Council council = new Council(List.of(new Member("sage", false), new Member("skeptic", false), new Member("ethicist", false)),
                List.of(new Cast("sage", vote, Rfc3339.format(story.now), conditions),
                        new Cast("skeptic", vote.equals("approve") ? "reject" : "abstain", Rfc3339.format(story.now), List.of()),
                        new Cast("ethicist", vote, Rfc3339.format(story.now), List.of())),
                2, false, Optional.empty());
        put(new EscalationView(id, ToldEscalations.trace(id), AGENT, "CLOSED", hazards, summary, severity, 1,
                Optional.of("sip:expert-legal@127.0.0.1:5080"), council,
                Optional.of(signed), story.steps, Optional.of(128L), Optional.of(1_940L), Optional.of(sound().toString())));
    }

    private void open(String id, String summary, String severity, long minutes) {
        Story story = new Story(id, minutes).through("RECEIVED", "VALIDATED", "JUDGED", "RINGING");
        story.say(96, "IF.sip", "invite_sent", "callId", "a@127.0.0.1").say(30, "IF.call", "call_ringing", "party",
                "sip:expert-safety@plant.example");
        story.through("ACCEPTED", "BRIEFED", "IN_COUNCIL").say(100, "IF.council", "expert_joined", "expert", "sip:expert-safety@plant.example");
        story.say(900, "IF.council", "guardian_joined", "guardian", "skeptic").say(5_000, "IF.council", "vote_cast", "guardian", "skeptic", "vote",
                "reject", "channel", "dtmf");
        story.say(7_000, "IF.council", "vote_cast", "guardian", "ethicist", "vote", "approve", "channel", "http", "conditions",
                "two people at the valve");
        Council council = new Council(
                List.of(new Member("sage", true), new Member("skeptic", true), new Member("ethicist", false), new Member("engineer", false)),
                List.of(new Cast("skeptic", "reject", Rfc3339.format(story.now), List.of()),
                        new Cast("ethicist", "approve", Rfc3339.format(story.now), List.of("two people at the valve"))),
                3, true, Optional.of(Rfc3339.format(Instant.now().plusSeconds(214))));
        put(new EscalationView(id, ToldEscalations.trace(id), "if://agent/plant/watch-7", "IN_COUNCIL", List.of("safety", "conflict"), summary,
                severity, 1,
                Optional.of("sip:expert-safety@plant.example"), council, Optional.empty(), story.steps, Optional.of(96L), Optional.of(1_420L),
                Optional.empty()));
    }

    private void ringing(String id, String summary, String severity, long minutes) {
        Story story = new Story(id, minutes).through("RECEIVED", "VALIDATED", "JUDGED", "RINGING");
        put(new EscalationView(id, ToldEscalations.trace(id), AGENT, "RINGING", List.of("conflict"), summary, severity, 1,
                Optional.of("sip:expert-ops@127.0.0.1:5080"),
                new Council(List.of(), List.of(), 2, false, Optional.empty()), Optional.empty(), story.steps, Optional.of(88L), Optional.empty(),
                Optional.empty()));
    }

    private final class Story {
        final String id;
        final List<Step> steps = new ArrayList<>();
        Instant now;

        Story(String id, long minutes) {
            this.id = id;
            now = start.plus(Duration.ofMinutes(minutes)).minusSeconds(4);
        }

        Story through(String... states) {
            for (String state : states) {
                long seq = say(state.equals("ACCEPTED") ? 4_200 : state.equals("BRIEFED") ? 14_000 : 24, "IF.escalate",
                        state.toLowerCase(Locale.ROOT)).last.seq();
                steps.add(new Step(state, Rfc3339.format(now), seq, ""));
            }
            return this;
        }

        Entry last;

        Story say(long millis, String component, String event, String... payload) {
            now = now.plusMillis(millis);
            ObjectNode node = JsonMapper.shared().createObjectNode().put("escalation", id);
            for (int i = 0; i < payload.length; i += 2) node.put(payload[i], payload[i + 1]);
            last = log.add(component, event, ToldEscalations.trace(id), node, now);
            return this;
        }
    }

    private static String decision(String id, String decision, List<String> conditions, Entry end) {
        ObjectNode message = JsonMapper.shared().createObjectNode().put("id", id + ".decision").put("timestamp", end.time()).put("level", 2)
                .put("source", "if://bus/node-1")
                .put("destination", AGENT).put("traceId", end.traceId()).put("version", "1.0");
        ObjectNode payload = message.putObject("payload").put("performative", "DECISION").put("inReplyTo", id).put("requestSha256", "0".repeat(64))
                .put("decision", decision);
        conditions.forEach(payload.putArray("conditions")::add);
        payload.put("reason", "majority 2 to 1").put("quorum", 2).put("policyHash", "1".repeat(64));
        payload.putObject("witness").put("seq", end.seq()).put("hash", end.hash());
        return Signatures.sign(message, MemoryLog.KEY).toString();
    }

    private static Path sound() throws IOException {
        byte[] pcm = new byte[8_000 * 2 * 3];
        for (int i = 0; i < pcm.length / 2; i++) {
            int sample = (int) (8_000 * Math.sin(i * 2 * Math.PI * (i < 12_000 ? 440 : 660) / 8_000));
            pcm[2 * i] = (byte) sample;
            pcm[2 * i + 1] = (byte) (sample >> 8);
        }
        Path file = Files.createTempFile("preview", ".wav");
        file.toFile().deleteOnExit();
        ByteArrayOutputStream wav = new ByteArrayOutputStream();
        AudioSystem.write(new AudioInputStream(new ByteArrayInputStream(pcm), new AudioFormat(8_000, 16, 1, true, false), pcm.length / 2),
                AudioFileFormat.Type.WAVE, wav);
        return Files.write(file, wav.toByteArray());
    }

    private void put(EscalationView view) { views.put(view.id(), view); }

    private EscalationView change(String id, UnaryOperator<EscalationView> change) {
        return views.computeIfPresent(id, (same, view) -> change.apply(view));
    }

    @Override
    public CompletableFuture<Submission> submit(byte[] body, String agent, long receivedNanos) {
        return CompletableFuture.completedFuture(new Submission.Refused(new Refusal(Refusal.Code.OVERLOAD, "", "a preview takes no escalations")));
    }

    @Override
    public CompletableFuture<Optional<EscalationView>> cancel(String id, String by) {
        EscalationView after = change(id, view -> {
            Story story = new Story(id, 0);
            story.steps.addAll(view.history());
            story.through("CANCELLED");
            return new EscalationView(id, view.traceId(), view.source(), "CANCELLED", view.hazards(), view.summary(), view.severity(), view.rung(),
                    view.expert(), view.council(),
                    view.decision(), story.steps, view.ringMillis(), view.setupMillis(), view.recording());
        });
        return CompletableFuture.completedFuture(Optional.ofNullable(after));
    }

    @Override
    public CompletableFuture<VoteResult> vote(String id, String guardian, Vote vote, List<String> conditions, Optional<String> reason) {
        EscalationView after = change(id, view -> {
            List<Cast> votes = new ArrayList<>(view.council().votes().stream().filter(cast -> !cast.guardian().equals(guardian)).toList());
            String word = vote.name().toLowerCase(Locale.ROOT);
            if (vote != Vote.WITHDRAW) votes.add(new Cast(guardian, word, Rfc3339.format(Instant.now()), conditions));
            new Story(id, 0).say(0, "IF.council", vote == Vote.WITHDRAW ? "vote_withdrawn" : "vote_cast", "guardian", guardian, "vote", word,
                    "channel", "http");
            Council old = view.council();
            return new EscalationView(id, view.traceId(), view.source(), view.state(), view.hazards(), view.summary(), view.severity(), view.rung(),
                    view.expert(),
                    new Council(old.members(), votes, old.quorum(), true, old.deadline()), view.decision(), view.history(), view.ringMillis(),
                    view.setupMillis(), view.recording());
        });
        return CompletableFuture.completedFuture(after == null ? new VoteResult.NoSuchEscalation() : new VoteResult.Counted(after));
    }

    @Override
    public CompletableFuture<Feedback.Result> feedback(String id, Feedback.Rater rater, int usefulness, Optional<String> note) {
        return CompletableFuture.completedFuture(new Feedback.Result.NoSuchEscalation());
    }

    @Override
    public List<Feedback> feedback(String id) { return List.of(); }

    @Override
    public List<Feedback.Standing> standings() { return List.of(); }

    @Override
    public Optional<EscalationView> find(String id) { return Optional.ofNullable(views.get(id)); }

    @Override
    public List<EscalationView> list(Optional<String> agent, long before, int limit) {
        return views.values().stream().filter(view -> EscalationJson.firstSeq(view).orElse(0L) < before)
                .sorted(java.util.Comparator.comparing((EscalationView view) -> view.history().getFirst().time()).reversed())
                .filter(view -> agent.map(view.source()::equals).orElse(true)).limit(limit).toList();
    }
}
