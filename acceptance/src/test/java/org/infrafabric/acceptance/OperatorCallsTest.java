package org.infrafabric.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.Baresip;
import org.infrafabric.testkit.Datagram;
import org.infrafabric.testkit.Ears;
import org.infrafabric.testkit.IfbusProcess;
import org.infrafabric.testkit.Requires;
import org.infrafabric.testkit.Sipp;
import org.infrafabric.testkit.SippScenario;
import org.infrafabric.testkit.Tones;
import org.infrafabric.testkit.Tshark;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/** Calls that an operator makes, by the commands and by HTTP, between real phones: each says a tone of its own, and is judged by the tones that it hears. */
@Execution(ExecutionMode.CONCURRENT) // each has a bus of its own
class OperatorCallsTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final double CLEARLY = 20; // dB
    private static final int RTP_HEADER = 12; // bytes

    private final List<Party> parties = new ArrayList<>();
    private Site site;
    private Tshark wire;

    private static final Duration LISTENING = Duration.ofSeconds(1);
    private static final int HALF_A_SECOND = 8_000; // bytes of a WAV file at 8 kHz
    @TempDir Path folder;

    private record Party(String name, double hertz, Baresip phone) {
        String uri() { return phone.uri(name); }

        /** What it hears in its latest call. */
        Path ear() throws Exception {
            return phone.heard().stream().max(Comparator.comparing(OperatorCallsTest::modified)).orElseThrow();
        }
    }

    private static long modified(Path file) { return file.toFile().lastModified(); }

    @BeforeEach
    void make() { site = new Site(folder); }

    /** Four who talk, and somebody who listens at the wire. */
    private void phones() throws Exception {
        Requires.programs("baresip", "sipp", "tshark", "openssl");
        for (String name : List.of("anna", "bert", "cleo", "dora")) {
            double hertz = 500 + 200 * parties.size();
            Path at = Files.createDirectories(folder.resolve(name));
            Baresip phone = Baresip.answering(at, name, Tones.write(folder.resolve(name + ".wav"), hertz, 120));
            parties.add(new Party(name, hertz, phone));
        }
        parties.forEach(each -> site.guardian(each.name, each.uri(), "answer"));
        wire = Tshark.capture(folder.resolve("wire"), site.udp());
    }

    @AfterEach
    void stop() throws Exception {
        site.close();
        if (wire != null) wire.close();
        for (Party each : parties) each.phone.close();
    }

    @Test
    void shouldOriginateHoldResumeTransferAndHangUp() throws Exception {
        phones();
        site.start();
        Party anna = parties.get(0), bert = parties.get(1), cleo = parties.get(2), dora = parties.get(3);
        JsonNode made = command(0, "call", "originate", anna.uri(), bert.uri());
        String call = made.path("id").stringValue();
        assertThat(made.path("from").stringValue()).isEqualTo(anna.uri());
        talking(call, anna, bert);

        command(0, "call", "hold", call);
        Await.until("both to be held", SOON, () -> legs(call),
                legs -> legs.size() == 2 && legs.stream().allMatch(leg -> leg.path("held").booleanValue()));
        silent(anna, bert);
        silent(bert, anna);
        command(0, "call", "resume", call);
        hears(anna, bert);
        hears(bert, anna);

        command(0, "call", "transfer", call, "--to", cleo.uri()); // bert, whom the call is to, stays
        hungUp(anna);
        talking(call, bert, cleo);

        String other = command(0, "call", "originate", anna.uri(), dora.uri()).path("id").stringValue();
        talking(other, anna, dora);
        command(0, "call", "transfer", call, "--with", other); // cleo and dora stay
        hungUp(bert);
        hungUp(anna);
        talking(call, cleo, dora);
        assertThat(legs(other)).isEmpty();

        JsonNode added = command(0, "conference", "add", call, anna.uri());
        assertThat(added.path("participants")).hasSize(3);
        hears(anna, cleo);
        hears(dora, anna);
        String guest = legId(call, anna);
        command(0, "conference", "mute", call, guest);
        silent(dora, anna);
        hears(dora, cleo);
        command(0, "conference", "mute", call, guest, "--off");
        hears(dora, anna);
        command(0, "conference", "remove", call, guest);
        hungUp(anna);

        assertThat(site.delete("op", "/v1/calls/" + call).status()).isEqualTo(202);
        hungUp(cleo);
        hungUp(dora);
        assertThat(site.get("op", "/v1/calls").json().path("calls")).isEmpty();
        List<JsonNode> log = site.soundLog();
        assertThat(log.stream().filter(entry -> call.endsWith(entry.path("traceId").stringValue()))
                .filter(entry -> entry.path("event").stringValue().equals("invite_sent")).map(entry -> entry.at("/payload/party").stringValue())
                .distinct())
                .as("its signalling has its trace").contains(anna.uri(), bert.uri(), cleo.uri());
        assertThat(log.stream().filter(entry -> entry.path("component").stringValue().equals("IF.call"))
                .map(entry -> entry.path("event").stringValue())).containsExactly("call_originated", "call_joined", "call_held", "call_resumed",
                        "call_transferred", "call_joined", "call_originated", "call_joined", "call_transferred", "participant_added",
                        "participant_muted", "participant_muted", "participant_removed", "call_hung_up");
    }

    @Test
    void shouldSayByItsExitWhatCannotBeDone() throws Exception {
        String anna = "sip:anna@127.0.0.1:9";
        site.guardian("anna", anna, "answer").start();
        command(4, "call", "originate", anna, "sip:stranger@127.0.0.1:9");
        command(2, "call", "hangup", "call-" + "0".repeat(32));
        command(2, "call", "transfer", "call-" + "0".repeat(32));
        assertThat(IfbusProcess.run(folder, SOON, "call", "list", "--server", "http://127.0.0.1:9", "--token", Site.token("op")).exit()).isEqualTo(7);
        assertThat(IfbusProcess.run(folder, SOON, "call", "list", "--server", "http://" + site.bus().http(), "--token", "nobodys").exit())
                .isEqualTo(9);
        assertThat(site.post("agent", "/v1/calls", "{\"from\":\"" + anna + "\",\"to\":\"" + anna + "\"}").status()).isEqualTo(403);
    }

    @Test
    void shouldEndTheLegsThatACrashLeftBehind() throws Exception {
        phones();
        try (Sipp ringing = Sipp.callee(folder.resolve("emil"), SippScenario.invited().ring().awaitCancel(), 1)) {
            site.guardian("emil", ringing.uri("emil"), "answer").start();
            Party anna = parties.get(0), bert = parties.get(1), cleo = parties.get(2), dora = parties.get(3);
            String call = originate(anna.uri(), bert.uri());
            talking(call, anna, bert);
            for (String turn : List.of("hold", "resume")) assertThat(site.post("op", "/v1/calls/" + call + "/" + turn, "").status()).isEqualTo(202);
            hears(anna, bert); // the requests of hold and resume count on from what was kept
            assertThat(site.post("op", "/v1/conferences/" + call + "/participants", "{\"uri\":\"" + dora.uri() + "\"}").status()).isEqualTo(202);
            hears(dora, anna);
            originate(cleo.uri(), ringing.uri("emil"));
            Await.that("the last phone to ring", SOON, () -> ringing.messages().contains("180 Ringing"));
            site.killAndRestart();
            for (Party each : List.of(anna, bert, cleo, dora)) hungUp(each);
            assertThat(ringing.await(SOON)).as("it was cancelled").isZero();
            assertThat(site.get("op", "/v1/calls").json().path("calls")).isEmpty();
            List<JsonNode> closed = site.soundLog().stream().filter(entry -> entry.path("event").stringValue().equals("call_closed")).toList();
            assertThat(closed).extracting(entry -> entry.path("payload").path("failure").stringValue()).containsExactly("restarted", "restarted");
            site.killAndRestart();
            assertThat(site.soundLog().stream().filter(entry -> entry.path("event").stringValue().equals("call_closed"))).as("ended once").hasSize(2);
        }
    }

    // --- asking ------------------------------------------------------------------------------------------------------------------------

    private JsonNode command(int exit, String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--json", "--server", "http://" + site.bus().http(), "--token", Site.token("op")));
        IfbusProcess.Finished done = IfbusProcess.run(folder, SOON, all.toArray(String[]::new));
        assertThat(done.exit()).as(String.join(" ", words) + ": " + done).isEqualTo(exit);
        return exit == 0 ? Site.JSON.readTree(done.lastLine()) : Site.JSON.missingNode();
    }

    private String originate(String from, String to) throws Exception {
        Site.Answer answer = site.post("op", "/v1/calls", "{\"from\":\"" + from + "\",\"to\":\"" + to + "\"}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
        return answer.json().path("id").stringValue();
    }

    private List<JsonNode> legs(String call) throws Exception {
        return site.get("op", "/v1/calls").json().path("calls").valueStream().filter(leg -> leg.path("call").asString("").equals(call)).toList();
    }

    private String legId(String conference, Party party) throws Exception {
        return site.get("op", "/v1/conferences/" + conference).json().path("participants").valueStream()
                .filter(each -> each.path("party").stringValue().equals(party.uri())).findFirst().orElseThrow().path("id").stringValue();
    }

    // --- listening ---------------------------------------------------------------------------------------------------------------------

    private void talking(String call, Party one, Party other) throws Exception {
        Await.until("both to be on the line", SOON, () -> legs(call),
                legs -> legs.stream().map(leg -> leg.path("party").stringValue()).toList().equals(List.of(one.uri(), other.uri()))
                        && legs.stream().allMatch(leg -> leg.path("state").stringValue().equalsIgnoreCase("answered")));
        hears(one, other);
        hears(other, one);
    }

    /** From now on, and not itself. */
    private void hears(Party who, Party whom) throws Exception {
        Await.that(who.name + " to pick up", SOON, () -> !who.phone.heard().isEmpty());
        Await.that(who.name + " to hear " + whom.name, SOON, () -> {
            Ears now = now(who);
            return now.level(whom.hertz) > -40 && now.level(whom.hertz) > now.level(who.hertz) + CLEARLY;
        });
    }

    private void silent(Party who, Party whom) throws Exception {
        Await.that(who.name + " to hear " + whom.name + " no more", SOON, () -> now(who).level(whom.hertz) < -60); // or nothing at all
    }

    /** What it hears in this moment; what was sent to it, where the phone cannot say: a baresip 1.0 decodes nothing more once its call was changed. */
    private Ears now(Party who) throws Exception {
        String said = who.phone.output();
        boolean changed = said.lastIndexOf("got re-INVITE") > said.lastIndexOf("Call established");
        if (changed) return sentTo(who);
        Path ear = who.ear();
        long from = Files.size(ear);
        var unused = Await.within(LISTENING, () -> Files.size(ear) >= from + HALF_A_SECOND); // a phone that hears nothing may write nothing
        return Ears.onPart(ear, from, Files.size(ear));
    }

    private Ears sentTo(Party who) throws Exception {
        Instant from = Instant.now();
        var unused = Await.within(LISTENING, () -> sentTo(who, from).length >= HALF_A_SECOND / 2); // a byte a sample; who is held may be sent nothing
        return Ears.onMuLaw(sentTo(who, from));
    }

    /** The sound that went to it since then. */
    private byte[] sentTo(Party who, Instant from) throws Exception {
        int sip = Integer.parseInt(who.uri().substring(who.uri().lastIndexOf(':') + 1));
        List<Datagram> all = wire.datagrams();
        Datagram answer = all.stream().filter(each -> each.from() == sip && each.text().startsWith("SIP/2.0 200") && each.text().contains("m=audio "))
                .reduce((earlier, later) -> later).orElseThrow();
        int port = Integer.parseInt(answer.text().split("m=audio ")[1].split(" ")[0]);
        ByteArrayOutputStream sound = new ByteArrayOutputStream();
        for (Datagram packet : all) {
            if (packet.to() != port || packet.time().isBefore(from)) continue;
            assertThat(packet.payload()[1] & 0x7f).as("PCMU, as the phone chose").isZero();
            sound.write(packet.payload(), RTP_HEADER, packet.payload().length - RTP_HEADER);
        }
        return sound.toByteArray();
    }

    private static void hungUp(Party who) throws Exception {
        Await.that(who.name + " to be hung up on", SOON,
                () -> count(who.phone.output(), "Call established") == count(who.phone.output(), "terminated (duration"));
    }

    private static int count(String text, String words) { return text.split(Pattern.quote(words), -1).length - 1; }
}
