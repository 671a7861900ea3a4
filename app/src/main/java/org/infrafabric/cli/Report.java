package org.infrafabric.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.infrafabric.escalate.EscalationView;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.Signatures;
import org.infrafabric.message.StrictJson;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.Verdict;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One escalation told to somebody who was not there: a single HTML file without scripts or anything to load, sound included.
 *
 * @param entries those of its trace, in order
 * @param log what the verifier found in the whole log
 * @param busKeys whose signature the decision must carry; the report checks it itself
 * @param sounds the mix first, then a track a party
 * @param dataDir as the reader would give it to {@code --data-dir}
 */
public record Report(EscalationView view, List<Entry> entries, Verdict log, List<VerifyKey> busKeys, List<Sound> sounds, String dataDir) {
    /** What is embedded at most; a longer sound is named, not played. */
    private static final long MOST_SOUND_BYTES = 40L << 20;
    private static final Set<String> LEFT_OUT = Set.of("escalation", "leg", "policyHash", "requestSha256", "request", "inputs", "message", "callId",
            "signed", "byPeer");
    private static final Set<String> PLAIN = Set.of("guardian", "expert", "party", "result", "decision", "vote", "source");
    private static final Map<String, String> VERDICTS = Map.of("approve", "Approved", "approve-with-conditions", "Approved with conditions", "reject",
            "Rejected", "hold",
            "On hold", "not-required", "No people needed", "denied", "Denied by the guard", "cancelled", "Cancelled");
    private static final Map<String, String> STATES = Map.ofEntries(Map.entry("RECEIVED", "Received"), Map.entry("VALIDATED", "Validated"),
            Map.entry("JUDGED", "Judged"), Map.entry("RINGING", "Ringing"), Map.entry("ACCEPTED", "Accepted"), Map.entry("BRIEFED", "Briefed"),
            Map.entry("IN_COUNCIL", "In council"), Map.entry("DECIDED", "Decided"), Map.entry("CLOSED", "Closed"),
            Map.entry("EXHAUSTED", "Nobody reached"));

    /** @param party who is heard, or {@code mix} */
    public record Sound(String party, Path file) {}

    /** Writes the report; what was there is replaced. */
    public void write(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) Files.createDirectories(folder);
        Files.writeString(file, html(), StandardCharsets.UTF_8);
    }

    String html() throws IOException {
        Html html = new Html();
        html.raw(
                "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; media-src data:; form-action 'none'; base-uri 'none'\">")
                .element("title", "", "Escalation " + view.id()).raw("<style>").raw(style()).raw("</style></head><body><main>");
        header(html);
        figures(html);
        decision(html);
        council(html);
        sound(html);
        happened(html);
        proofs(html);
        everything(html);
        return html.raw("</main></body></html>\n").toString();
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
        view.ringMillis().ifPresent(millis -> figure(html, span(millis), "from the message to a ringing phone"));
        view.setupMillis().ifPresent(millis -> figure(html, span(millis), "from the message to the expert's voice"));
        decidedAfter().ifPresent(millis -> figure(html, span(millis), "from the message to the end that counts"));
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

    private void sound(Html html) throws IOException {
        if (sounds.isEmpty()) return;
        html.raw("<section><h2>What was said</h2>");
        long left = MOST_SOUND_BYTES;
        for (Sound sound : sounds) {
            boolean mix = sound.party().equals("mix");
            html.raw("<figure class=\"card sound" + (mix ? " mix" : "") + "\">").raw("<figcaption>").element("strong", "",
                    mix ? "Everybody" : sound.party());
            if (!Files.isRegularFile(sound.file()) || Files.size(sound.file()) > left) {
                html.raw("</figcaption>").element("p", "hint", "Not embedded; the file is " + sound.file()).raw("</figure>");
                continue;
            }
            byte[] wav = Files.readAllBytes(sound.file());
            left -= wav.length;
            Optional<Waveform> wave = Waveform.of(wav);
            wave.ifPresent(found -> html.element("span", "hint", span(Math.round(found.seconds() * 1_000))));
            html.raw("</figcaption>");
            wave.ifPresent(found -> html.raw(found.svg("Loudness of " + sound.party())));
            html.raw("<audio controls preload=\"metadata\" src=\"data:audio/wav;base64,").raw(Base64.getEncoder().encodeToString(wav))
                    .raw("\"></audio></figure>");
        }
        html.raw("</section>");
    }

    private void happened(Html html) {
        html.raw("<section><h2>What happened</h2>");
        phases(html);
        html.raw("<ol class=\"line\">");
        for (Entry entry : entries) {
            if (entry.component().equals("IF.sip")) continue; // the signalling stands in the table below
            boolean state = entry.component().equals("IF.escalate");
            html.raw("<li class=\"" + (state ? "state" : "step") + "\">").element("span", "at", after(entry.time())).raw("<span>")
                    .element("strong", "", state ? state(entry.event().toUpperCase(Locale.ROOT)) : entry.event().replace('_', ' '))
                    .text(" " + gist(entry)).raw("</span>")
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
            String word = state(steps.get(i).state()) + " " + span(millis);
            html.raw("<li style=\"flex-grow:" + Math.max(1, millis) + "\" class=\"p" + i % 6 + "\" title=\"").text(word).raw("\">")
                    .element("span", "", word).raw("</li>");
        }
        html.raw("</ol>");
    }

    private void proofs(Html html) {
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
                                + "before it, and sig an Ed25519 signature of \"ifbus-witness-1:\" and the hash.")
                .raw("</section>");
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
        html.raw("<footer><p class=\"hint\">Written by ifbus. This file holds everything it shows; it loads nothing and runs nothing.</p></footer>");
    }

    private static void fact(Html html, String name, String value) {
        html.raw("<div>").element("dt", "", name).element("dd", "", value).raw("</div>");
    }

    private static void figure(Html html, String value, String what) {
        html.raw("<div>").element("strong", "", value).element("span", "", what).raw("</div>");
    }

    private static void proof(Html html, boolean holds, String text) { html.element("li", holds ? "good" : "bad", text); }

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

    private String after(String time) { return "+" + span(between(began(), time)); }

    private static long between(String from, String to) { return Duration.between(Rfc3339.parse(from), Rfc3339.parse(to)).toMillis(); }

    private static String span(long millis) {
        if (millis < 1_000) return millis + " ms";
        if (millis < 60_000) return String.format(Locale.ROOT, millis < 10_000 ? "%.2f s" : "%.1f s", millis / 1_000.0);
        return String.format(Locale.ROOT, "%d:%02d min", millis / 60_000, millis / 1_000 % 60);
    }

    private static String state(String state) {
        return STATES.getOrDefault(state, state.isEmpty() ? state : state.charAt(0) + state.substring(1).toLowerCase(Locale.ROOT));
    }

    /** What an entry's payload says, in a few words. */
    private static String gist(Entry entry) {
        List<String> words = new ArrayList<>();
        JsonNode payload = JsonMapper.shared().readTree(entry.json()).path("payload");
        for (Map.Entry<String, JsonNode> field : payload.properties()) {
            if (LEFT_OUT.contains(field.getKey()) || usual(field.getKey(), field.getValue(), payload)) continue;
            String value = value(field.getValue());
            if (value.isEmpty()) continue;
            words.add(field.getKey().equals("millis") ? "after " + span(field.getValue().asLong(0))
                    : PLAIN.contains(field.getKey()) ? value : field.getKey() + " " + value);
        }
        String text = String.join(" · ", words);
        return text.length() > 260 ? text.substring(0, 259) + "…" : text;
    }

    /** What goes without saying: a first attempt, no status, an address that is the party's name already. */
    private static boolean usual(String name, JsonNode value, JsonNode payload) {
        return switch (name) {
            case "attempt" -> value.asInt(0) == 1;
            case "status" -> value.asInt(-1) == 0;
            case "uri" -> value.equals(payload.path("party"));
            default -> false;
        };
    }

    private static String value(JsonNode node) {
        if (node.isString()) return node.asString();
        if (node.isObject() && node.path("name").isString()) return node.path("name").asString();
        if (!node.isArray()) return node.isNull() ? "" : node.toString();
        List<String> parts = new ArrayList<>();
        node.forEach(one -> parts.add(value(one)));
        return String.join(", ", parts);
    }

    private static String style() {
        try (InputStream in = Report.class.getResourceAsStream("report.css")) {
            if (in == null) throw new IllegalStateException("report.css is missing in the jar: build the module 'app' again");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
