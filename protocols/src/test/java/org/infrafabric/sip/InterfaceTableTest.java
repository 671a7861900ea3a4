package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.infrafabric.call.CallFailure;
import org.infrafabric.media.AudioOffer;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.message.Sha256;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** {@code docs/interfaces/sip.yaml} says what the code does. */
class InterfaceTableTest {
    private static final JsonNode TABLE = new YAMLMapper().readTree(Path.of("../docs/interfaces/sip.yaml").toFile());

    private static List<String> list(String pointer) { return TABLE.at(pointer).valueStream().map(JsonNode::asString).toList(); }

    @Test
    void shouldNameTheHeadersOfAnEscalation() {
        assertThat(list("/escalation/headers")).containsExactlyElementsOf(
                Arrays.stream(HeaderName.values()).map(HeaderName::text).filter(name -> name.startsWith("X-IF-")).toList());
        assertThat(Duration.parse(TABLE.at("/escalation/window").asString())).isEqualTo(EscalationHeaders.WINDOW);
    }

    @Test
    void shouldNameTheSignedLinesInTheirOrder() {
        byte[] body = "v=0".getBytes(US_ASCII);
        var about = new EscalationHeaders.Signed("INVITE", "call", 7, "<sip:from@a.example>;tag=1", "<sip:to@b.example>", body);
        String signed = new String(EscalationHeaders.signedBytes(about, "trace", "safety,legal", "date", "sha256:00"), US_ASCII);
        Map<String, String> said = Map.ofEntries(Map.entry("method", "INVITE"), Map.entry("callId", "call"), Map.entry("cseq", "7"),
                Map.entry("fromUri", "sip:from@a.example"), Map.entry("toUri", "sip:to@b.example"), Map.entry("traceId", "trace"),
                Map.entry("hazards", "safety,legal"), Map.entry("date", "date"), Map.entry("witnessHash", "sha256:00"),
                Map.entry("bodySha256", Sha256.hex(body)));
        assertThat(signed.split("\n", -1))
                .containsExactlyElementsOf(list("/escalation/signed").stream().map(line -> said.getOrDefault(line, line)).toList());
    }

    @Test
    void shouldListEveryWayInWhichACallFails() {
        assertThat(TABLE.path("failures").valueStream().map(JsonNode::toString)).containsExactlyElementsOf(Arrays.stream(CallFailure.values())
                .map(why -> "{\"label\":\"" + why.label() + "\",\"status\":" + why.sipStatus() + ",\"q850\":" + why.h323Cause() + ",\"again\":"
                        + why.retryable() + "}")
                .toList());
    }

    @Test
    void shouldNameWhatEveryOfferHolds() {
        String offer = new String(AudioOffer.offer(new InetSocketAddress("127.0.0.1", 4000), 1, 1), US_ASCII);
        String formats = offer.lines().filter(line -> line.startsWith("m=audio 4000 RTP/AVP ")).findFirst().orElseThrow() + " ";
        for (String codec : list("/media/offered")) {
            Optional<Encoding> known = Encoding.G711.stream().filter(each -> each.map().equals(codec)).findFirst(); // these need no map
            if (known.isPresent()) assertThat(formats).contains(" " + known.get().staticType() + " ");
            else assertThat(offer).containsPattern("a=rtpmap:\\d+ " + codec);
        }
        assertThat(offer).contains("a=ptime:" + TABLE.at("/media/packetMillis").asInt());
    }
}
