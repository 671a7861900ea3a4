package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.infrafabric.testkit.Mutations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MultipartTest {
    private static final String PARTS = "this is a preamble\n--b\nContent-Type: text/plain\n\nhello\n--b\nc: Application/SDP; x=y\nContent-ID: <1>\n\n"
            + Bench.OFFER.replace("\r\n", "\n") + "--b--\nand an epilogue";

    private final Bench bench = new Bench();

    @ParameterizedTest
    @ValueSource(strings = {"multipart/mixed;boundary=b", "Multipart/Alternative; charset=x; boundary=\"b\""})
    void shouldFindTheSessionDescriptionAmongTheParts(String type) {
        bench.receive(invite(type, PARTS));
        bench.incoming.getFirst().answer(bench.audio, bench.heard);
        assertThat(bench.last().status()).isEqualTo(200);
        assertThat(new String(bench.last().body(), ISO_8859_1)).contains("m=audio 40000 RTP/AVP 8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"multipart/mixed", "multipart/mixed;boundary=", "multipart/mixed;boundary=other", "multipart/mixed;boundary=b;boundary=b"})
    void shouldRefusePartsThatCannotBeToldApart(String type) {
        bench.receive(invite(type, PARTS));
        assertThat(bench.last().status()).isEqualTo(415);
        assertThat(bench.last().text(HeaderName.ACCEPT)).contains("application/sdp");
    }

    @Test
    void shouldRefusePartsWithoutADescriptionAndBodiesCutShort() {
        bench.receive(invite("multipart/mixed;boundary=b", PARTS.replace("Application/SDP", "application/other")));
        assertThat(bench.last().status()).isEqualTo(415);
        bench.receive(invite("multipart/mixed;boundary=b", PARTS.substring(0, PARTS.indexOf("--b--"))).replace("z9hG4bKm", "z9hG4bKn").replace(
                "Call-ID: m", "Call-ID: n"));
        assertThat(bench.last().status()).isEqualTo(415);
    }

    @Test
    void shouldLookAtNoMoreThanSixteenParts() {
        bench.receive(invite("multipart/mixed;boundary=b", "--b\nContent-Type: text/plain\n\nx\n".repeat(16) + PARTS));
        assertThat(bench.last().status()).isEqualTo(415);
    }

    @Test
    void shouldSurviveSpoiltParts() throws NotSip {
        Random random = new Random(1);
        byte[] message = invite("multipart/mixed;boundary=b", PARTS).replace("\n", "\r\n").getBytes(ISO_8859_1);
        for (int i = 0; i < 5_000; i++) {
            byte[] spoilt = Mutations.mutate(message, random);
            try {
                SipMessage read = SipParser.parse(spoilt);
                assertThat(Multipart.description(read).length).isLessThanOrEqualTo(spoilt.length);
            } catch (NotSip e) {
                continue;
            }
        }
    }

    private static String invite(String type, String body) {
        return Bench.text("INVITE", "m", "m", "", 1, "", body).replaceAll("Content-Length: \\d+",
                "Content-Length: " + body.replace("\n", "\r\n").length()).replace("application/sdp\nContent-Length", type + "\nContent-Length");
    }
}
