package org.infrafabric.sdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionDescriptionTest {
    /** The example of RFC 8866 §5. */
    private static final String EXAMPLE = """
            v=0
            o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1
            s=Call to John Smith
            i=SDP Offer #1
            u=http://www.jdoe.example.com/home.html
            e=Jane Doe <jane@jdoe.example.com>
            p=+1 617 555-6011
            c=IN IP4 198.51.100.1
            t=0 0
            m=audio 49170 RTP/AVP 0
            m=audio 49180 RTP/AVP 0
            m=video 51372 RTP/AVP 99
            c=IN IP6 2001:db8::2
            a=rtpmap:99 h263-1998/90000
            """;

    @Test
    void shouldReadTheExampleOfTheStandard() throws MalformedSdp {
        SessionDescription it = parse(EXAMPLE);
        assertThat(it.origin().sessionId()).isEqualTo("3724394400");
        assertThat(it.name()).isEqualTo("Call to John Smith");
        assertThat(it.timing()).containsExactly("0 0");
        assertThat(it.media()).extracting(MediaDescription::port).containsExactly(49_170, 49_180, 51_372);
        assertThat(it.connectionOf(it.media().get(0)).orElseThrow().address()).isEqualTo("198.51.100.1");
        assertThat(it.connectionOf(it.media().get(2)).orElseThrow().unicast()).isPresent();
        assertThat(it.media().get(2).rtpmap("99")).contains("h263-1998/90000");
        assertThat(it.media().get(2).rtpmap("9")).isEmpty();
    }

    @Test
    void shouldReadCrLfAndLfAlike() throws MalformedSdp {
        assertThat(parse(EXAMPLE.replace("\n", "\r\n"))).isEqualTo(parse(EXAMPLE));
        assertThat(parse(EXAMPLE + "\r\n")).isEqualTo(parse(EXAMPLE));
    }

    @Test
    void shouldTakeADirectionFromTheStreamBeforeTheSession() throws MalformedSdp {
        SessionDescription it = parse(
                "v=0\no=- 1 1 IN IP4 1.2.3.4\ns=-\nc=IN IP4 1.2.3.4\nt=0 0\na=recvonly\nm=audio 2 RTP/AVP 0\nm=audio 4 RTP/AVP 0\na=inactive\n");
        assertThat(it.directionOf(it.media().get(0))).isEqualTo(Direction.RECVONLY);
        assertThat(it.directionOf(it.media().get(1))).isEqualTo(Direction.INACTIVE);
    }

    /** Each breaks one line of a good description; | stands for a line end. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            '';                                                                                    0; empty
            v=1|o=- 1 1 IN IP4 1.2.3.4|s=-|t=0 0;                                                  1; v=0
            v=0|s=-|t=0 0;                                                                         0; no o=
            v=0|o=- x 1 IN IP4 1.2.3.4|s=-;                                                        2; digits
            v=0|o=- 1 1 IN IP4;                                                                    2; 6 fields
            v=0|o=- 1 1 ATM NSAP 1|s=-;                                                            2; not IN
            v=0|o=- 1 1 IN IP4 1.2.3.4|s=-|c=IN IP5 1;                                             4; IP4 nor IP6
            v=0|o=- 1 1 IN IP4 1.2.3.4|o=- 1 1 IN IP4 1.2.3.4;                                     3; second o=
            v=0|o=- 1 1 IN IP4 1.2.3.4|s=-|t=0;                                                    4; 2 fields
            v=0|o=- 1 1 IN IP4 1.2.3.4|c=IN IP4 1.2.3.4|m=audio 65536 RTP/AVP 0;                   4; 65535
            v=0|o=- 1 1 IN IP4 1.2.3.4|c=IN IP4 1.2.3.4|m=audio -1 RTP/AVP 0;                      4; 65535
            v=0|o=- 1 1 IN IP4 1.2.3.4|c=IN IP4 1.2.3.4|m=audio 99999999999999 RTP/AVP 0;          4; 65535
            v=0|o=- 1 1 IN IP4 1.2.3.4|c=IN IP4 1.2.3.4|m=audio 5/x RTP/AVP 0;                     4; number of ports
            v=0|o=- 1 1 IN IP4 1.2.3.4|c=IN IP4 1.2.3.4|m=audio 5 RTP/AVP;                         4; needs media
            v=0|o=- 1 1 IN IP4 1.2.3.4|s=-|m=audio 5 RTP/AVP 0;                                    4; no c=
            v=0|o=- 1 1 IN IP4 1.2.3.4|s=-|x=1;                                                    4; unknown type
            v=0|o=- 1 1 IN IP4 1.2.3.4|s=-|hello;                                                  4; letter
            v=0|o=- 1 1 IN IP4 1.2.3.4|s=-|a=:x;                                                   4; without a name
            v=0|o=- 1 1 IN IP4 1.2.3.4|c=IN IP4 1.2.3.4|m=audio 5 RTP/AVP 0|t=0 0;                 5; does not belong
            v=0|o=- 1 1 IN IP4 1.2.3.4||s=-;                                                       4; after an empty line
            """)
    void shouldNameTheLineThatIsWrong(String text, int line, String words) {
        assertThatThrownBy(() -> parse(text.strip().replace('|', '\n'))).isInstanceOfSatisfying(MalformedSdp.class, it -> {
            assertThat(it.line()).isEqualTo(line);
            assertThat(it).hasMessageContaining(words);
        });
    }

    @Test
    void shouldRefuseWhatGrowsWithoutBound() {
        String head = "v=0\no=- 1 1 IN IP4 1.2.3.4\ns=-\nc=IN IP4 1.2.3.4\n";
        for (String much : List.of("a=x\n".repeat(300), "m=audio 5 RTP/AVP 0\n".repeat(33), "t=0 0\n".repeat(40), "a=" + "x".repeat(3_000) + "\n",
                "m=audio 5 RTP/AVP" + " 0".repeat(65), ("a=" + "x".repeat(2_000) + "\n").repeat(20), "s=a\rb\n", "s=a\0b\n"))
            assertThatThrownBy(() -> parse(head + much)).isInstanceOf(MalformedSdp.class);
    }

    @ParameterizedTest
    @CsvSource({"IP4,10.0.0.1,true", "IP4,phone.example.com,false", "IP4,224.2.1.1/127,false", "IP4,239.1.1.1,false", "IP4,255.255.255.255,false",
        "IP4,1,false", "IP4,::1,false", "IP6,::1,true", "IP6,ff02::1,false", "IP6,10.0.0.1,false", "IP4,0.0.0.0,true"})
    void shouldTakeOnlyLiteralUnicastAddresses(String type, String address, boolean good) {
        assertThat(new Connection(type, address).unicast().isPresent()).isEqualTo(good);
    }

    @Test
    void shouldNotLetAValueBreakOutOfItsLine() throws MalformedSdp {
        SessionDescription good = parse(EXAMPLE);
        SessionDescription evil = new SessionDescription(good.origin(), "x\r\na=evil", good.connection(), good.timing(), List.of(), List.of());
        assertThatThrownBy(evil::encode).isInstanceOf(IllegalArgumentException.class);
    }

    @Property(seed = "1")
    void shouldReadWhatItWrote(@ForAll("descriptions") SessionDescription description) throws MalformedSdp {
        assertThat(SessionDescription.parse(description.encode())).isEqualTo(description);
    }

    @Property(seed = "1")
    void shouldEitherReadOrRefuseAnyBytes(@ForAll byte[] bytes) {
        try {
            SessionDescription.parse(bytes).encode();
        } catch (MalformedSdp expected) {
            assertThat(expected.line()).isNotNegative();
        }
    }

    @Property(seed = "1")
    void shouldEitherReadOrRefuseADamagedDescription(@ForAll int at, @ForAll byte damage, @ForAll int cut) {
        byte[] bytes = EXAMPLE.getBytes(StandardCharsets.UTF_8);
        bytes[Math.floorMod(at, bytes.length)] = damage;
        try {
            SessionDescription read = SessionDescription.parse(java.util.Arrays.copyOf(bytes, Math.floorMod(cut, bytes.length + 1)));
            assertThat(SessionDescription.parse(read.encode())).isEqualTo(read);
        } catch (MalformedSdp expected) {
            assertThat(expected.getMessage()).startsWith("SDP");
        }
    }

    @Provide
    Arbitrary<SessionDescription> descriptions() {
        Arbitrary<String> token = Arbitraries.strings().withChars("abcXYZ0123456789-").ofMinLength(1).ofMaxLength(10);
        Arbitrary<String> digits = Arbitraries.longs().between(0, Long.MAX_VALUE).map(String::valueOf);
        Arbitrary<Connection> connection = Arbitraries.of(new Connection("IP4", "127.0.0.1"), new Connection("IP6", "::1"),
                new Connection("IP4", "a.example"));
        Arbitrary<Attribute> attribute = Combinators.combine(token, Arbitraries.strings().ascii().filter(it -> it.chars().allMatch(c -> c > 31))
                .map(String::strip)).as(Attribute::new);
        Arbitrary<MediaDescription> media = Combinators.combine(token, Arbitraries.integers().between(0, 65_535), token,
                token.list().ofMinSize(1).ofMaxSize(5), connection.optional(), attribute.list().ofMaxSize(4)).as(MediaDescription::new);
        Arbitrary<SessionDescription.Origin> origin = Combinators.combine(token, digits, digits, connection).as(SessionDescription.Origin::new);
        return Combinators.combine(origin, token, connection.map(Optional::of), Arbitraries.just(List.of("0 0")), attribute.list().ofMaxSize(4),
                media.list().ofMaxSize(4)).as(SessionDescription::new);
    }

    private static SessionDescription parse(String text) throws MalformedSdp {
        return SessionDescription.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}
