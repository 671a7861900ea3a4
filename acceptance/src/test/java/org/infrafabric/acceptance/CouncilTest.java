package org.infrafabric.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.Baresip;
import org.infrafabric.testkit.Ears;
import org.infrafabric.testkit.Requires;
import org.infrafabric.testkit.RtpPcap;
import org.infrafabric.testkit.Sipp;
import org.infrafabric.testkit.SippScenario;
import org.infrafabric.testkit.Tones;
import org.infrafabric.testkit.Tshark;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/** Whole escalations with phones that we did not write, each with a tone of its own. */
@Execution(ExecutionMode.CONCURRENT) // each has a bus of its own
class CouncilTest {
    private static final double EXPERT = 700, SAGE = 1100, SKEPTIC = 1700;
    private static final double CLEARLY = 20; // dB, the tone test of DESIGN §8

    @TempDir Path folder;

    @BeforeEach
    void needPeers() { Requires.programs("sipp", "baresip", "tshark", "openssl"); }

    @Test
    void shouldLetAnAnsweringExpertAndGuardiansHearEachOtherAndDecideByDtmfAndHttp() throws Exception {
        SippScenario scenario = SippScenario.invited().ring().pause(200).answer().play(RtpPcap.tone(folder.resolve("expert.pcap"), EXPERT, 40))
                .awaitBye();
        decideInCouncil(scenario, "answer", "safety");
    }

    @Test
    void shouldTakeAnExpertWhoPressesOneOnARealPhone() throws Exception {
        SippScenario scenario = SippScenario.invited().ring().pause(200).answer().pause(1_000).press('1').pause(1_000)
                .play(RtpPcap.tone(folder.resolve("expert.pcap"), EXPERT, 40)).awaitBye();
        decideInCouncil(scenario, "dtmf", "legal");
    }

    private void decideInCouncil(SippScenario scenario, String accept, String hazard) throws Exception {
        try (Sipp expert = Sipp.callee(folder.resolve("expert"), scenario, 1);
                Baresip sage = Baresip.answering(folder.resolve("sage"), "sage", Tones.write(folder.resolve("sage.wav"), SAGE, 60));
                Baresip skeptic = Baresip.answering(folder.resolve("skeptic"), "skeptic", Tones.write(folder.resolve("skeptic.wav"), SKEPTIC, 60));
                Site site = new Site(folder);
                Tshark wire = Tshark.capture(folder.resolve("wire"), site.udp())) {
            site.expert(expert.uri("expert"), hazard, accept, "PT10S").guardian("sage", sage.uri("sage"), "answer")
                    .guardian("skeptic", skeptic.uri("skeptic"), "answer").start();
            String id = site.escalate(hazard);
            site.await(id, "IN_COUNCIL", Duration.ofSeconds(40));
            Await.until("both guardians on the bridge", Duration.ofSeconds(10), () -> site.escalation(id).path("council").path("members"),
                    members -> members.valueStream().allMatch(member -> member.path("onBridge").booleanValue()) && members.size() == 2);
            for (Baresip guardian : List.of(sage, skeptic)) hearSome(guardian);
            sage.press('1');
            site.vote("skeptic", id, "approve");
            JsonNode closed = site.await(id, "CLOSED", Duration.ofSeconds(30));
            assertThat(expert.await(Duration.ofSeconds(10))).as("sipp's own verdict on the expert's call").isZero();
            wire.stop();

            JsonNode decision = closed.path("decision");
            assertThat(decision.path("payload").path("decision").stringValue()).isEqualTo("approve");
            assertThat(decision.path("payload").path("votes")).hasSize(2);
            String busKey = site.get("", "/v1/keys").json().path("keys").get(0).path("publicKey").stringValue();
            assertThat(LogCheck.signed(decision, busKey, folder)).as("decision verifies under the key the bus publishes, by openssl").isTrue();
            assertThat(Site.states(closed)).containsExactly("RECEIVED", "VALIDATED", "JUDGED", "RINGING", "ACCEPTED", "BRIEFED", "IN_COUNCIL",
                    "DECIDED", "CLOSED");
            assertThat(site.events(id)).contains("IF.guard guard_decided", "IF.sip invite_sent", "IF.council vote_cast", "IF.escalate decided");

            hears(Ears.on(sage.heard().getFirst()), "sage", SAGE, EXPERT, SKEPTIC);
            hears(Ears.on(skeptic.heard().getFirst()), "skeptic", SKEPTIC, EXPERT, SAGE);
            hears(Ears.onALaw(rtpTo(wire, expert)), "expert", EXPERT, SAGE, SKEPTIC);
            assertThat(wire.malformed(rtpPorts(wire))).as("malformed packets").isEmpty();
        }
    }

    /** Waits until a phone has heard three more seconds: the tone test needs a second or two in which all are there. */
    private static void hearSome(Baresip phone) throws Exception {
        Path heard = phone.heard().getFirst();
        long enough = Files.size(heard) + 3 * 8_000 * 2; // 16-bit samples
        Await.until("three seconds of talk in " + heard.getFileName(), Duration.ofSeconds(15), () -> Files.size(heard), size -> size >= enough);
    }

    private static void hears(Ears ears, String who, double own, double... others) {
        for (double other : others) {
            assertThat(ears.loudest(other)).as(who + " hears " + other + " Hz, itself at " + ears.loudest(own) + " dB")
                    .isGreaterThan(ears.loudest(own) + CLEARLY).isGreaterThan(-40);
        }
    }

    /** Payloads sent to the expert's phone, where its SDP said. */
    private static List<String> rtpTo(Tshark wire, Sipp expert) throws Exception {
        String port = wire.packets("sip.Status-Code==200 && sdp.media && udp.srcport==" + expert.port(), List.of(), "sdp.media.port").getFirst()
                .split(",")[0];
        return wire.packets("rtp.p_type==8 && udp.dstport==" + port, List.of("udp.port==" + port + ",rtp"), "rtp.payload");
    }

    private static List<String> rtpPorts(Tshark wire) throws Exception {
        List<String> rules = new ArrayList<>();
        for (String ports : wire.packets("sdp.media.port", List.of(), "sdp.media.port")) {
            for (String port : ports.split(",")) if (!rules.contains("udp.port==" + port + ",rtp")) rules.add("udp.port==" + port + ",rtp");
        }
        return rules;
    }
}
