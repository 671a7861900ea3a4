package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SipParserTest {
    private static final String SOUND = Bench.text("OPTIONS", "b", "c", "", 1, "", "");

    @Test
    void shouldReadCompactFormsFoldedLinesAndAnyCase() throws NotSip {
        SipMessage message = parse(
                "INVITE sip:a@b SIP/2.0\nv : SIP / 2.0\n / UDP  h:5061 ; branch=z9hG4bKx\nFROM: \"A \\\" <b\"\n\t<sip:a@b>;tag=1\ni:c@d\ncontENT-length: 2\n\nhi");
        assertThat(Via.parse(message.text(HeaderName.VIA)).branch()).isEqualTo("z9hG4bKx");
        assertThat(Via.parse(message.text(HeaderName.VIA)).port()).isEqualTo(5061);
        assertThat(NameAddr.parse(message.text(HeaderName.FROM)).uri()).isEqualTo("sip:a@b");
        assertThat(message.text(HeaderName.CALL_ID)).isEqualTo("c@d");
        assertThat(new String(message.body(), ISO_8859_1)).isEqualTo("hi");
    }

    @Test
    void shouldCutTheBodyAtContentLengthAndTakeTheDatagramsEndWithoutOne() throws NotSip {
        assertThat(parse("OPTIONS sip:a SIP/2.0\nl: 1\n\nabc").body()).hasSize(1);
        assertThat(parse("OPTIONS sip:a SIP/2.0\n\nabc").body()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\r\n\r\n", "hello", "GET / HTTP/1.1\n\n", "SIP/2.0 99 Low\n\n", "SIP/2.0 700 High\n\n", "SIP/2.0 2000 OK\n\n",
        "(x) sip:a SIP/2.0\n\n",
        "OPTIONS sip:a SIP/2.0"})
    void shouldLeaveUnansweredWhatIsNotSip(String text) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(NotSip.class);
    }

    @Test
    void shouldRefuseMoreThanADatagramHoldsAndMoreHeadersThanAreSane() throws NotSip {
        assertThatThrownBy(() -> SipParser.parse(new byte[65_536])).isInstanceOf(NotSip.class);
        assertThat(parse("OPTIONS sip:a SIP/2.0\n" + "X: y\n".repeat(201) + "\n").faultStatus()).isEqualTo(513);
        assertThat(parse("OPTIONS sip:a SIP/2.0\nX: " + "y".repeat(33_000) + "\n\n").faultStatus()).isEqualTo(513);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"SIP/2.0\\nVia|SIP/3.0\\nVia|505", "Call-ID: c\\n|''|400", "CSeq: 1 OPTIONS|CSeq: 1 INVITE|400",
        "CSeq: 1 OPTIONS|CSeq: 2147483648 OPTIONS|400", "CSeq: 1 OPTIONS|CSeq: one OPTIONS|400", "Max-Forwards: 70|Max-Forwards: 256|400",
        "Max-Forwards: 70|Max-Forwards: 70\\nMax-Forwards: 70|400", "Max-Forwards: 70|no colon here|400", "sip:bus@127.0.0.1:5060 SIP|tel:+1 SIP|416",
        "sip:bus@127.0.0.1:5060 SIP|sip:bus@127.0.0.1:99999 SIP|400", "sip:bus@127.0.0.1:5060 SIP|<sip:bus@127.0.0.1> SIP|400",
        "Max-Forwards: 70|Require: replaces|420", "sip:bus@127.0.0.1:5060 SIP|sip:LONG@127.0.0.1 SIP|414", "Max-Forwards: 70|Subject: HUGE|513",
        "Content-Length: 0|Content-Length: 10|400", "Content-Length: 0|Content-Length: x|400",
        "<sip:peer@127.0.0.1:5080>;tag=p|<sip:peer@127.0.0.1;tag=p|400", "<sip:peer@127.0.0.1:5080>;tag=p|\"Peer <sip:peer@127.0.0.1>|400"})
    void shouldGiveEachFaultItsAnswer(String sound, String broken, int status) throws NotSip {
        String text = SOUND.replace(sound.replace("\\n", "\n"), broken.replace("\\n", "\n")).replace("LONG", "x".repeat(5_000)).replace("HUGE",
                "x".repeat(40_000));
        assertThat(text).isNotEqualTo(SOUND);
        Bench bench = new Bench();
        bench.receive(text);
        assertThat(bench.sent).hasSize(1);
        assertThat(bench.last().status()).isEqualTo(status);
        assertThat(bench.core.transactions().open()).isZero();
    }

    @Test
    void shouldSayWhichExtensionAndWhichTypesItHas() {
        Bench bench = new Bench();
        bench.request("OPTIONS", "b", "c", "", 1, "Require: replaces, timer, Path\n", "");
        assertThat(new String(bench.last().bytes(), ISO_8859_1)).contains("Unsupported: replaces, path");
        bench.receive(Bench.text("INVITE", "d", "e", "", 1, "", "x=1").replace("application/sdp", "application/pidf+xml"));
        assertThat(bench.last().status()).isEqualTo(415);
        assertThat(bench.last().text(HeaderName.ACCEPT)).isEqualTo("application/sdp, multipart/mixed");
        bench.request("INVITE", "f", "g", "", 1, "Accept: text/plain\n", Bench.OFFER);
        assertThat(bench.last().status()).isEqualTo(406);
        bench.request("INVITE", "h", "i", "", 1, "", "v".repeat(Validator.MAX_BODY + 1));
        assertThat(bench.last().status()).isEqualTo(413);
    }

    @Test
    void shouldNeverAnswerAnAck() {
        Bench bench = new Bench();
        bench.receive(SOUND.replace("OPTIONS", "ACK").replace("Call-ID: c\n", ""));
        assertThat(bench.sent).isEmpty();
    }

    private static SipMessage parse(String text) throws NotSip {
        return SipParser.parse(text.replace("\n", "\r\n").replace("\r\r", "\r").getBytes(ISO_8859_1));
    }
}
