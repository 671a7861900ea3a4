package org.infrafabric.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.infrafabric.escalate.EscalationView;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.Sha256;
import org.infrafabric.message.Signatures;
import org.infrafabric.message.StrictJson;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.record.RecordedFile;
import org.infrafabric.witness.Checkpoint;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.Verdict;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One escalation told to somebody who was not there: a single HTML file with nothing to load, sound included. Its one script, named by its hash, plays the recording from the
 * moments of the story; without it all else is there.
 *
 * @param entries those of its trace, in order
 * @param log what the verifier found in the whole log
 * @param busKeys whose signature the decision must carry; the report checks it itself
 * @param checkpoint what the log had come to, signed
 * @param sounds its recordings, in the order of {@link RecordedFile#in}
 * @param dataDir as the reader would give it to {@code --data-dir}
 */
public record Report(EscalationView view, List<Entry> entries, Verdict log, List<VerifyKey> busKeys, Optional<Checkpoint> checkpoint,
        List<RecordedFile> sounds, String dataDir) {
    private static final Map<String, String> VERDICTS = Map.of("approve", "Approved", "approve-with-conditions", "Approved with conditions", "reject",
            "Rejected", "hold",
            "On hold", "not-required", "No people needed", "denied", "Denied by the guard", "cancelled", "Cancelled");
    private static final Map<String, String> STATES = Map.ofEntries(Map.entry("RECEIVED", "Received"), Map.entry("VALIDATED", "Validated"),
            Map.entry("JUDGED", "Judged"), Map.entry("RINGING", "Ringing"), Map.entry("ACCEPTED", "Accepted"), Map.entry("BRIEFED", "Briefed"),
            Map.entry("IN_COUNCIL", "In council"), Map.entry("DECIDED", "Decided"), Map.entry("CLOSED", "Closed"),
            Map.entry("EXHAUSTED", "Nobody reached"));

    /** Writes the report, with what was said in it, for its owner alone (mode 0600); what was there is replaced. */
    public void write(Path file) throws IOException {
        Path target = file.toAbsolutePath();
        Files.createDirectories(target.getParent());
        Path draft = Files.createTempFile(target.getParent(), ".report", ".html"); // 0600 (java.nio.file.Files)
        try {
            Files.writeString(draft, html(), StandardCharsets.UTF_8);
            Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    String html() throws IOException {
        Html html = new Html();
        String script = resource("report.js");
        ReportSound sound = new ReportSound(sounds, entries);
        html.raw(
                "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; media-src data:; script-src 'sha256-"
                        + Base64.getEncoder().encodeToString(Sha256.of(script.getBytes(StandardCharsets.UTF_8)))
                        + "'; form-action 'none'; base-uri 'none'\">")
                .element("title", "", "Escalation " + view.id()).raw("<style>").raw(resource("report.css")).raw("</style></head><body><main>");
        header(html);
        figures(html);
        decision(html);
        council(html);
        sound.write(html);
        happened(html, sound);
        proofs(html, sound);
        everything(html);
        return html.raw("</main><script>").raw(script).raw("</script></body></html>\n").toString();
    }

    private void header(Html html) {
        html.raw("<header class=\"").text(kind()).raw("\"><p class=\"brand\">ifbus · report of one escalation</p>").element("p", "verdict", outcome())
                .element("h1", "", view.summary().isEmpty() ? view.id() : view.summary()).raw("<p class=\"chips\">");
        if (!view.severity().isEmpty()) html.element("span", "chip strong", view.severity());
        view.hazards().forEach(hazard -> html.element("span", "chip", hazard));
        html.raw("</p><dl class=\"facts\">");
        fact(html, "Escalation", view.id());
        fact(html, "Asked by", view.source());
        fact(html, "Expert", view.expert().orElse("none reached"));
        fact(html, "Trace", view.traceId());
        fact(html, "Begun", began());
        html.raw("</dl></header>");
    }

    private void figures(Html html) {
        html.raw("<section class=\"figures\" aria-label=\"Figures\">");
        view.ringMillis().ifPresent(millis -> figure(html, Gist.span(millis), "from the message to a ringing phone"));
        view.setupMillis().ifPresent(millis -> figure(html, Gist.span(millis), "from the message to the expert's voice"));
        decidedAfter().ifPresent(millis -> figure(html, Gist.span(millis), "from the message to the end that counts"));
        figure(html, log.intact() ? Long.toString(log.entries()) : "broken",
                log.intact() ? "log entries, each chained and signed" : "the log does not verify");
        html.raw("</section>");
    }

    private void decision(Html html) {
        html.raw("<section><h2>Decision</h2>");
        Optional<JsonNode> payload = payload();
        if (payload.isEmpty()) {
            html.element("p", "", "There is none: the escalation stands at " + state(view.state()) + ".").raw("</section>");
            return;
        }
        html.raw("<div class=\"card decision ").text(kind()).raw("\">").element("p", "verdict", outcome());
        String reason = payload.get().path("reason").asString("");
        if (!reason.isEmpty()) html.element("p", "", reason);
        JsonNode conditions = payload.get().path("conditions");
        if (!conditions.isEmpty()) {
            html.raw("<p class=\"label\">On the condition that</p><ol>");
            conditions.forEach(condition -> html.element("li", "", condition.asString("")));
            html.raw("</ol>");
        }
        html.raw("</div></section>");
    }

    private void council(Html html) {
        EscalationView.Council council = view.council();
        if (council.members().isEmpty()) return;
        html.raw("<section><h2>Council</h2><ul class=\"council\">");
        for (EscalationView.Member member : council.members()) {
            Optional<EscalationView.Cast> cast = council.votes().stream().filter(vote -> vote.guardian().equals(member.guardian())).findFirst();
            String vote = cast.map(EscalationView.Cast::vote).orElse("none");
            html.raw("<li class=\"card ").text(vote).raw("\">").element("span", "sign", switch (vote) {
                case "approve" -> "✓";
                case "reject" -> "✕";
                case "abstain" -> "–";
                default -> "·";
            }).element("strong", "", member.guardian()).element("span", "", cast.isEmpty() ? "did not vote" : vote + " " + after(cast.get().time()));
            cast.ifPresent(one -> one.conditions().forEach(condition -> html.element("span", "hint", "if: " + condition)));
            html.raw("</li>");
        }
        long approve = council.votes().stream().filter(cast -> cast.vote().equals("approve")).count();
        long reject = council.votes().stream().filter(cast -> cast.vote().equals("reject")).count();
        long abstain = council.votes().stream().filter(cast -> cast.vote().equals("abstain")).count();
        html.raw("</ul>").element("p", "hint", approve + " for, " + reject + " against, " + abstain + " abstained; quorum " + council.quorum())
                .raw("</section>");
    }

    private void happened(Html html, ReportSound sound) {
        html.raw("<section><h2>What happened</h2>");
        phases(html);
        if (sound.audible()) html.element("p", "hint", "A time with ▸ plays what was said from then on.");
        html.raw("<ol class=\"line\">");
        for (Entry entry : entries) {
            if (entry.component().equals("IF.sip")) continue; // the signalling stands in the table below
            boolean state = entry.component().equals("IF.escalate");
            html.raw("<li class=\"" + (state ? "state" : "step") + "\">");
            sound.moment(html, entry, after(entry.time()), state ? state(entry.event().toUpperCase(Locale.ROOT)) : entry.event().replace('_', ' '));
            html.raw("<span>")
                    .element("strong", "", state ? state(entry.event().toUpperCase(Locale.ROOT)) : entry.event().replace('_', ' '))
                    .text(" " + Gist.of(entry)).raw("</span>")
                    .element("span", "seq", "#" + entry.seq()).raw("</li>");
        }
        html.raw("</ol></section>");
    }

    /** How long each state lasted, as one bar. */
    private void phases(Html html) {
        List<EscalationView.Step> steps = view.history();
        if (steps.size() < 2) return;
        html.raw("<ol class=\"phases\" aria-label=\"How long each state lasted\">");
        for (int i = 0; i + 1 < steps.size(); i++) {
            long millis = between(steps.get(i).time(), steps.get(i + 1).time());
            String word = state(steps.get(i).state()) + " " + Gist.span(millis);
            html.raw("<li style=\"flex-grow:" + Math.max(1, millis) + "\" class=\"p" + i % 6 + "\" title=\"").text(word).raw("\">")
                    .element("span", "", word).raw("</li>");
        }
        html.raw("</ol>");
    }

    private void proofs(Html html, ReportSound sound) {
        html.raw("<section><h2>Proofs</h2><ul class=\"proofs\">");
        Optional<VerifyKey> signer = signer();
        if (view.decision().isPresent()) {
            proof(html, signer.isPresent(), signer.map(key -> "The decision is signed by the bus's key " + key.keyId() + ".")
                    .orElse("The decision's signature does not hold under any key of the bus."));
            JsonNode witness = payload().map(payload -> payload.path("witness")).orElseThrow();
            boolean named = entries.stream()
                    .anyMatch(entry -> entry.seq() == witness.path("seq").asLong(-1) && entry.hash().equals(witness.path("hash").asString("")));
            proof(html, named, named ? "It names entry #" + witness.path("seq").asLong(-1) + " of the log, and that entry has the hash that it names."
                    : "The entry that it names is not in the log as it names it.");
        }
        proof(html, log.intact(), log.fault().map(fault -> "The log is broken at entry " + fault.seq() + ": " + fault.what())
                .orElse("All " + log.entries() + " entries of the log follow from one another, and each is signed"
                        + (log.proven() ? "" : " (by the keys that the log itself names)") + "."));
        sound.proofs(html);
        html.raw("</ul><dl class=\"facts\">");
        fact(html, "Head of the log", log.head());
        busKeys.forEach(key -> fact(html, "Public key " + key.keyId(), key.toString()));
        html.raw("</dl><h3>Check it yourself</h3><pre>");
        String key = busKeys.isEmpty() ? "" : " --key " + busKeys.getLast();
        html.text("./ifbus witness verify --data-dir " + dataDir + key + " --expect-head " + log.head() + "\n")
                .text("./ifbus witness trace " + view.id() + " --data-dir " + dataDir + "\n")
                .text("./ifbus witness export --data-dir " + dataDir + " --format jsonl > log.jsonl\n");
        html.raw("</pre>")
                .element("p", "hint",
                        "Any other program can check the export: hash is the SHA-256 of an entry's RFC 8785 form without hash and sig, prev the hash "
                                + "before it, and sig an Ed25519 signature of \"ifbus-witness-1:\" and the hash.");
        checkpoint.ifPresent(signed -> checkpoint(html, signed, key));
        html.raw("</section>");
    }

    private void checkpoint(Html html, Checkpoint signed, String key) {
        html.raw("<h3>The signed checkpoint</h3>").element("p", "", "What the log had come to when this was written: its name, the number of its "
                + signed.size()
                + " entries, and the root hash of the tree over them, signed by the bus. A log that has been shortened or rewritten since cannot agree "
                + "with it. Keep it where the bus's operator cannot change it, and hold the log to it at any later time:");
        html.raw("<pre>").text("cat > checkpoint.txt <<'END'\n" + signed.note() + "END\n./ifbus witness verify --data-dir " + dataDir + key
                + " --checkpoint checkpoint.txt\n").raw("</pre>");
        html.element("p", "hint",
                "The note is a C2SP tlog-checkpoint: others can verify it too, with openssl alone as docs/interfaces/witness.md shows.");
    }

    private void everything(Html html) {
        html.raw("<section>");
        view.decision().ifPresent(decision -> html.raw("<details><summary>The signed decision</summary><pre>")
                .text(JsonMapper.shared().readTree(decision).toPrettyString()).raw("</pre></details>"));
        html.raw("<details><summary>All " + entries.size()
                + " entries of this escalation's trace</summary><table><thead><tr><th>#</th><th>Time</th><th>Event</th><th>Payload and hash</th></tr></thead><tbody>");
        for (Entry entry : entries) {
            html.raw("<tr>").element("td", "", Long.toString(entry.seq())).element("td", "", entry.time()).raw("<td>")
                    .element("span", "hint", entry.component())
                    .raw("<br>").text(entry.event()).raw("</td><td>")
                    .element("code", "", JsonMapper.shared().readTree(entry.json()).path("payload").toString()).raw("<br>")
                    .element("code", "hint", entry.hash()).raw("</td></tr>");
        }
        html.raw("</tbody></table></details></section>");
        html.raw(
                "<footer><p class=\"hint\">Written by ifbus. This file holds everything it shows; it loads nothing, and runs nothing but the player of its sounds.</p></footer>");
    }

    private static void fact(Html html, String name, String value) {
        html.raw("<div>").element("dt", "", name).element("dd", "", value).raw("</div>");
    }

    private static void figure(Html html, String value, String what) {
        html.raw("<div>").element("strong", "", value).element("span", "", what).raw("</div>");
    }

    private static void proof(Html html, boolean holds, String text) { proof(html, holds ? "good" : "bad", text); }

    /** {@code how}: good, bad, or open for what nobody can tell. */
    static void proof(Html html, String how, String text) {
        html.element("li", how, text);
    }

    private Optional<JsonNode> payload() { return view.decision().map(decision -> JsonMapper.shared().readTree(decision).path("payload")); }

    private String outcome() {
        return payload().map(payload -> payload.path("decision").asString("")).map(word -> VERDICTS.getOrDefault(word, word))
                .orElse(state(view.state()));
    }

    private String kind() {
        return switch (payload().map(payload -> payload.path("decision").asString("")).orElse("")) {
            case "approve", "approve-with-conditions" -> "good";
            case "reject", "denied" -> "bad";
            case "hold" -> "warn";
            default -> "idle";
        };
    }

    private Optional<VerifyKey> signer() {
        return view.decision().flatMap(decision -> {
            try {
                ObjectNode message = StrictJson.parse(decision.getBytes(StandardCharsets.UTF_8));
                return busKeys.stream().filter(key -> Signatures.verify(message, key)).findFirst();
            } catch (MessageRefused broken) {
                return Optional.empty();
            }
        });
    }

    private Optional<Long> decidedAfter() {
        Optional<Long> seq = payload().map(payload -> payload.path("witness").path("seq").asLong(-1));
        return entries.stream().filter(entry -> seq.isPresent() && entry.seq() == seq.get()).findFirst().map(entry -> between(began(), entry.time()));
    }

    private String began() {
        if (!view.history().isEmpty()) return view.history().getFirst().time();
        return entries.isEmpty() ? Rfc3339.format(Instant.EPOCH) : entries.getFirst().time();
    }

    private String after(String time) { return "+" + Gist.span(between(began(), time)); }

    private static long between(String from, String to) { return Duration.between(Rfc3339.parse(from), Rfc3339.parse(to)).toMillis(); }

    private static String state(String state) {
        return STATES.getOrDefault(state, state.isEmpty() ? state : state.charAt(0) + state.substring(1).toLowerCase(Locale.ROOT));
    }

    private static String resource(String file) {
        try (InputStream in = Report.class.getResourceAsStream(file)) {
            if (in == null) throw new IllegalStateException(file + " is missing in the jar: build the module 'app' again");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
