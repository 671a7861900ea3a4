package org.infrafabric.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.infrafabric.escalate.EscalationView;
import org.infrafabric.escalate.EscalationView.Cast;
import org.infrafabric.escalate.EscalationView.Council;
import org.infrafabric.escalate.EscalationView.Member;
import org.infrafabric.escalate.EscalationView.Step;
import org.infrafabric.message.Decision;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.Sha256;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.record.RecordedFile;
import org.infrafabric.witness.Checkpoint;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.NoteKey;
import org.infrafabric.witness.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ReportTest {
    private static final SigningKey KEY = SigningKey.ofSeed(new byte[32]);
    private static final Checkpoint CHECKPOINT = Checkpoint.sign("ifbus.local/node-1", 9, new byte[32], KEY);
    private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String HOSTILE = "<script>alert(1)</script>\" onload='x' &amp;";
    private final List<Entry> entries = new ArrayList<>();

    @Test
    void shouldTellTheWholeCase(@TempDir Path dir) throws IOException {
        String html = write(report("Publish before the quiet period is over?", dir), dir);
        assertThat(html).contains("Approved with conditions", "Publish before the quiet period is over?", "128 ms", "1.94 s",
                "publish only after counsel has signed",
                "sage", "skeptic", "did not vote", "2 for, 0 against, 0 abstained; quorum 2",
                "signed by the bus&#39;s key " + KEY.keyId(),
                "names entry #9 of the log, and that entry has the hash", "All 9 entries of the log follow from one another",
                "./ifbus witness verify --data-dir ./ifbus-data --key " + KEY.verifyKey() + " --expect-head " + "ab".repeat(32),
                "+128 ms", "call ringing", "data:audio/wav;base64,UklGR", "class=\"wave\"", "3.00 s");
    }

    @Test
    void shouldOfferTheMomentsThatCanBeHeardAndNoOthers(@TempDir Path dir) throws IOException {
        String html = write(report("x", dir), dir); // answered after 2.9 s, recorded for 3 s
        assertThat(html).contains("data-player=\"0\" data-at=\"0.000\" aria-label=\"Listen from +2.90 s, call answered\">▸ +2.90 s<",
                "data-at=\"1.200\" aria-label=\"Listen from +4.10 s, Accepted\"", "<span class=\"at\">+128 ms</span>",
                "<span class=\"at\">+21.0 s</span>");
        assertThat(html.split("data-at=\"", -1)).hasSize(3);
        Report mute = report("x", dir);
        String silent = write(new Report(mute.view(), mute.entries(), mute.log(), mute.busKeys(), mute.checkpoint(), List.of(), "."), dir);
        assertThat(silent).doesNotContain("data-at=\"");
    }

    @Test
    void shouldPlayEachLifeOfTheBusFromItsOwnRecording(@TempDir Path dir) throws IOException {
        Report one = report("x", dir); // its mix has 3 s, from +2.9 s on
        List<Entry> told = new ArrayList<>(one.entries());
        ObjectNode none = JsonMapper.shared().createObjectNode().put("escalation", "esc-1");
        told.add(entry("IF.council", "council_resumed", 40_000, none));
        told.add(entry("IF.call", "call_answered", 42_000, none.deepCopy().put("party", "sip:sage@127.0.0.1")));
        told.add(entry("IF.call", "call_answered", 43_000, none.deepCopy().put("party", "sip:expert@127.0.0.1")));
        List<RecordedFile> sounds = new ArrayList<>(one.sounds());
        sounds.add(new RecordedFile(wav(dir.resolve("mix_take2.wav"), 9_000, 12_000), "mix", 2, 1));
        String html = write(with(one, told, sounds), dir);
        assertThat(html).contains("Recording 2, after the bus was started again", "data-player=\"0\" data-at=\"1.200\"",
                "data-player=\"2\" data-at=\"0.000\"", "data-player=\"2\" data-at=\"1.000\"").doesNotContain("data-player=\"0\" data-at=\"39");
        String unclear = write(with(one, told, one.sounds()), dir); // two lives with an answer, one recording: which?
        assertThat(unclear).doesNotContain("data-at=\"");
    }

    @Test
    void shouldHoldEachRecordingAgainstTheLog(@TempDir Path dir) throws IOException {
        Report one = report("x", dir);
        assertThat(write(one, dir)).contains("<li class=\"open\">mix.wav has no hash in the log", "<li class=\"open\">1-expert.wav has no hash");
        ObjectNode written = JsonMapper.shared().createObjectNode().put("escalation", "esc-1");
        for (String name : List.of("mix.wav", "1-expert.wav"))
            written.withArray("files").addObject().put("name", name).put("sha256", Sha256.hex(Files.readAllBytes(dir.resolve(name))));
        List<Entry> told = new ArrayList<>(one.entries());
        told.add(entry("IF.record", "recording_written", 27_000, written));
        assertThat(write(with(one, told, one.sounds()), dir)).contains("<li class=\"good\">2 recordings are, byte for byte, what the log names.")
                .doesNotContain("has no hash");
        wav(dir.resolve("1-expert.wav"), 4_001, 24_000);
        assertThat(write(with(one, told, one.sounds()), dir)).contains("<li class=\"good\">1 recording is,",
                "<li class=\"bad\">1-expert.wav is not what the log names");
        assertThat(write(with(one, told, one.sounds().subList(0, 1)), dir))
                .contains("<li class=\"open\">1-expert.wav, which the log names, is not there any more.");
    }

    private static Report with(Report one, List<Entry> entries, List<RecordedFile> sounds) {
        return new Report(one.view(), entries, one.log(), one.busKeys(), one.checkpoint(), sounds, one.dataDir());
    }

    @Test
    void shouldCarryTheSignedCheckpointAndSayWhatHoldsTheLogToIt(@TempDir Path dir) throws IOException {
        String html = write(report("x", dir), dir);
        String note = html.substring(html.indexOf("&lt;&lt;&#39;END&#39;\n") + 22, html.indexOf("END\n./ifbus"));
        Checkpoint carried = Checkpoint.parse(note.getBytes(StandardCharsets.UTF_8));
        assertThat(carried.size()).isEqualTo(9);
        assertThat(carried.isSignedBy(NoteKey.log("ifbus.local/node-1", KEY.verifyKey()))).isTrue();
        assertThat(html).contains("./ifbus witness verify --data-dir ./ifbus-data --key " + KEY.verifyKey() + " --checkpoint checkpoint.txt");
    }

    @Test
    void shouldLoadNothingAndRunOnlyItsOwnScript(@TempDir Path dir) throws Exception {
        String html = write(report("x", dir), dir);
        assertThat(html.split("<script", -1)).hasSize(2);
        int from = html.indexOf("<script>") + 8;
        String script = html.substring(from, html.indexOf("</script>"));
        assertThat(html).contains("script-src 'sha256-"
                + Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8))) + "'");
        assertThat(script).doesNotContainPattern("fetch|XMLHttp|import|innerHTML|eval|WebSocket|location");
        assertThat(html.replace(script, ""))
                .doesNotContainPattern("(?i)<link|<iframe|<img|src=\"(?!data:)|https?://|\\son[a-z]+=|javascript:|@import|url\\(");
        assertThat(html).contains("default-src 'none'");
    }

    @Test
    void shouldEscapeAllThatOthersWrote(@TempDir Path dir) throws IOException {
        Report plain = report(HOSTILE, dir);
        EscalationView view = plain.view();
        EscalationView hostile = new EscalationView(HOSTILE, HOSTILE, HOSTILE, "CLOSED", List.of(HOSTILE), HOSTILE, HOSTILE, 1, Optional.of(HOSTILE),
                new Council(List.of(new Member(HOSTILE, false)), List.of(new Cast(HOSTILE, HOSTILE, Rfc3339.format(START), List.of(HOSTILE))), 1,
                        false, Optional.empty()),
                view.decision(), view.history(), Optional.empty(), Optional.empty(), Optional.empty());
        List<Entry> entries = new ArrayList<>(plain.entries());
        entries.add(entry("IF.council", "vote_cast", 9_000, JsonMapper.shared().createObjectNode().put("guardian", HOSTILE).put(HOSTILE, HOSTILE)));
        Verdict broken = new Verdict("node-1", 3, "ab".repeat(32), "cd".repeat(32), Optional.of(new Verdict.Fault(4, HOSTILE)), false, List.of());
        String html = write(
                new Report(hostile, entries, broken, plain.busKeys(), Optional.empty(),
                        List.of(new RecordedFile(dir.resolve("gone.wav"), HOSTILE, 1, 1)),
                        HOSTILE),
                dir);
        assertThat(html).doesNotContain("<script>alert").doesNotContain("' onload=").doesNotContain("\" onload=")
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;");
        assertThat(html).contains("The log is broken at entry 4", "Not embedded");
    }

    @Test
    void shouldSayWhenTheDecisionIsNotTheBuss(@TempDir Path dir) throws IOException {
        Report report = report("x", dir);
        List<VerifyKey> others = List.of(SigningKey.generate().verifyKey());
        String html = write(new Report(report.view(), report.entries(), report.log(), others, Optional.empty(), List.of(), "."), dir);
        assertThat(html).contains("<li class=\"bad\">The decision&#39;s signature does not hold under any key of the bus.");
        String elsewhere = write(
                new Report(report.view(), report.entries().subList(0, 3), report.log(), report.busKeys(), Optional.empty(), List.of(), "."), dir);
        assertThat(elsewhere).contains("<li class=\"bad\">The entry that it names is not in the log as it names it.");
    }

    @Test
    void shouldSayInWordsWhatAnEntryHolds() {
        ObjectNode rules = JsonMapper.shared().createObjectNode().put("quorum", 2).put("deadline", "PT1M").put("withoutExpert", false);
        ObjectNode guard = JsonMapper.shared().createObjectNode().put("result", "people").set("council", rules);
        guard.putArray("rungs").addObject().put("name", "lawyers").put("deadline", "PT30S");
        assertThat(Gist.of(entry("IF.guard", "guard_decided", 5, guard))).isEqualTo("people · council (quorum 2, deadline PT1M) · rungs lawyers");
    }

    @Test
    void shouldTellACaseWithoutADecision(@TempDir Path dir) throws IOException {
        Report report = report("x", dir);
        EscalationView view = report.view();
        EscalationView ringing = new EscalationView("esc-1", TRACE, "if://agent/a", "RINGING", List.of(), "", "", 1, Optional.empty(),
                new Council(List.of(), List.of(), 2, false, Optional.empty()), Optional.empty(), view.history().subList(0, 1), Optional.empty(),
                Optional.empty(), Optional.empty());
        assertThat(write(new Report(ringing, report.entries(), report.log(), report.busKeys(), Optional.empty(), List.of(), "."), dir))
                .contains("There is none: the escalation stands at Ringing.");
    }

    @Test
    void shouldDrawOnlyWhatIsSixteenBitSound(@TempDir Path dir) throws IOException {
        Waveform wave = Waveform.of(Files.readAllBytes(wav(dir.resolve("a.wav"), 8_000, 12_000))).orElseThrow();
        assertThat(wave.seconds()).isEqualTo(1.5);
        assertThat(wave.peaks()[10]).isBetween(0.2, 0.26);
        assertThat(Waveform.of("RIFF".getBytes(StandardCharsets.US_ASCII))).isEmpty();
        assertThat(Waveform.of(new byte[100])).isEmpty();
        byte[] cut = Arrays.copyOf(Files.readAllBytes(dir.resolve("a.wav")), 60);
        assertThat(Waveform.of(cut)).isPresent(); // cut off by a crash: what is there is drawn
        byte[] lying = Files.readAllBytes(dir.resolve("a.wav"));
        ByteBuffer.wrap(lying).order(ByteOrder.LITTLE_ENDIAN).putInt(16, -1).putInt(40, -1);
        assertThat(Waveform.of(lying)).isEmpty();
    }

    /** Writes one, for a look at it: the argument is the file. */
    void main(String[] arguments) throws IOException {
        report("Publish the earnings note before the quiet period is over? The draft quotes figures that only the board has seen.",
                Files.createTempDirectory("report"))
                .write(Path.of(arguments[0]));
    }

    private static String write(Report report, Path dir) throws IOException {
        Path file = dir.resolve("sub/report.html");
        report.write(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).as("it holds what was said").isEqualTo("rw-------");
        return Files.readString(file);
    }

    private Report report(String summary, Path dir) throws IOException {
        entries.clear();
        ObjectNode none = JsonMapper.shared().createObjectNode().put("escalation", "esc-1");
        entry("IF.escalate", "received", 0, none);
        entry("IF.escalate", "judged", 12, none.deepCopy().put("result", "people"));
        entry("IF.escalate", "ringing", 40, none);
        entry("IF.sip", "invite_sent", 60, none);
        entry("IF.call", "call_ringing", 128, none.deepCopy().put("party", "sip:expert@127.0.0.1").put("status", 180).put("millis", 128));
        entry("IF.call", "call_answered", 2_900, none.deepCopy().put("party", "sip:expert@127.0.0.1"));
        entry("IF.escalate", "accepted", 4_100, none);
        entry("IF.council", "vote_cast", 21_000, none.deepCopy().put("guardian", "sage").put("vote", "approve").put("channel", "dtmf"));
        Entry decided = entry("IF.escalate", "decided", 26_500, none.deepCopy().put("decision", "approve-with-conditions"));
        entry("IF.escalate", "closed", 27_000, none);
        Decision decision = new Decision("esc-1", "0".repeat(64), Decision.Verdict.APPROVE_WITH_CONDITIONS,
                List.of("publish only after counsel has signed"), "majority 2 to 0",
                List.of(new Decision.Vote("sage", "approve", START.plusSeconds(21))), 2, "1".repeat(64),
                new Decision.WitnessEntry(decided.seq(), decided.hash()));
        String signed = decision.signed("if://bus/node-1", "if://agent/a", TRACE, 2, START.plusSeconds(27), KEY).toString();
        Council council = new Council(List.of(new Member("sage", false), new Member("skeptic", false), new Member("ethicist", false)),
                List.of(new Cast("sage", "approve", Rfc3339.format(START.plusSeconds(21)), List.of("publish only after counsel has signed")),
                        new Cast("ethicist", "approve", Rfc3339.format(START.plusSeconds(24)), List.of())),
                2, false, Optional.empty());
        List<Step> steps = List.of(step("RECEIVED", 0), step("JUDGED", 12), step("RINGING", 40), step("ACCEPTED", 4_100), step("BRIEFED", 15_000),
                step("IN_COUNCIL", 16_200),
                step("DECIDED", 26_500), step("CLOSED", 27_000));
        EscalationView view = new EscalationView("esc-1", TRACE, "if://agent/swarm/legal-1", "CLOSED", List.of("legal", "privacy"), summary, "high",
                1,
                Optional.of("sip:expert@127.0.0.1"), council, Optional.of(signed), steps, Optional.of(128L), Optional.of(1_940L), Optional.empty());
        Verdict log = new Verdict("node-1", 9, "ab".repeat(32), "cd".repeat(32), Optional.empty(), true, List.of(KEY.keyId()));
        return new Report(view, List.copyOf(entries), log, List.of(KEY.verifyKey()), Optional.of(CHECKPOINT),
                List.of(new RecordedFile(wav(dir.resolve("mix.wav"), 9_000, 24_000), "mix", 1, 1),
                        new RecordedFile(wav(dir.resolve("1-expert.wav"), 4_000, 24_000), "expert", 1, 1)),
                "./ifbus-data");
    }

    private Entry entry(String component, String event, long millis, ObjectNode payload) {
        long seq = entries.size() + 1;
        ObjectNode json = JsonMapper.shared().createObjectNode().put("seq", seq);
        json.set("payload", payload);
        Entry entry = new Entry(seq, Rfc3339.format(START.plusMillis(millis)), component, event, TRACE, String.format("%064x", seq), json.toString());
        entries.add(entry);
        return entry;
    }

    private static Step step(String state, long millis) { return new Step(state, Rfc3339.format(START.plusMillis(millis)), 1, ""); }

    /** 8 kHz, a tone that swells and fades twice a second. */
    private static Path wav(Path file, int amplitude, int samples) throws IOException {
        ByteBuffer wav = ByteBuffer.allocate(44 + 2 * samples).order(ByteOrder.LITTLE_ENDIAN);
        wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + 2 * samples).put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16)
                .putShort((short) 1)
                .putShort((short) 1).putInt(8_000).putInt(16_000).putShort((short) 2).putShort((short) 16)
                .put("data".getBytes(StandardCharsets.US_ASCII)).putInt(2 * samples);
        for (int i = 0; i < samples; i++) wav.putShort((short) (amplitude * Math.cos(i * Math.PI / 8_000) * Math.sin(i * 0.5)));
        return Files.write(file, wav.array());
    }
}
