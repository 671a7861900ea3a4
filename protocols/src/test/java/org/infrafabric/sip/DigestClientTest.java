package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.infrafabric.call.Leg;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** We prove who we are: the vectors of RFC 7616 and 2617, and a server that asks in all the ways it may. */
class DigestClientTest {
    private static final Credential MINE = new Credential("trunk", "bus", "secret");
    private final Bench bench = new Bench(EscalationHeaders.none(),
            new SipAccess(List.of(MINE), uri -> false, "", SipAccess.USUAL_HASHES, List.of()));

    @ParameterizedTest
    @CsvSource({"MD5,8ca523f5e9506fed4657c9700eebdbec", "SHA_256,753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"})
    void shouldCalculateAsInRfc7616(DigestAlgorithm algorithm, String response) {
        assertThat(new DigestResponse(algorithm, false, "http-auth@example.org", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "auth", "00000001",
                "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ").of("Mufasa", "Circle of Life", "GET", "/dir/index.html", new byte[0]))
                .isEqualTo(response);
    }

    @Test
    void shouldCalculateTheOtherWaysToo() {
        DigestResponse old = new DigestResponse(DigestAlgorithm.MD5, false, "testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093", "", "", "");
        assertThat(old.of("Mufasa", "Circle Of Life", "GET", "/dir/index.html", new byte[0])).as("RFC 2069, errata")
                .isEqualTo("670fd8c2df070c60b045671b8b24ff02");
        DigestResponse whole = new DigestResponse(DigestAlgorithm.MD5, false, "r", "n", "auth-int", "00000001", "c");
        assertThat(whole.of("u", "p", "INVITE", "sip:a@b", "one".getBytes(ISO_8859_1))).isEqualTo(DigestAlgorithm.MD5.hex(
                DigestAlgorithm.MD5.hex("u", "r", "p"), "n", "00000001", "c", "auth-int",
                DigestAlgorithm.MD5.hex("INVITE", "sip:a@b", DigestAlgorithm.MD5.hex("one"))));
    }

    private final Leg[] leg = new Leg[1];

    private SipMessage challenged(int status, String... challenges) {
        leg[0] = bench.dial();
        SipMessage invite = bench.last();
        bench.respondWith(invite, status, "s", lines(status, challenges), "");
        return invite;
    }

    private static String lines(int status, String... challenges) {
        StringBuilder lines = new StringBuilder();
        for (String challenge : challenges)
            lines.append(status == 401 ? "WWW-Authenticate: " : "Proxy-Authenticate: ").append(challenge).append('\n');
        return lines.toString();
    }

    private static DigestHeader answer(SipMessage request, HeaderName name) { return DigestHeader.parse(request.text(name)).orElseThrow(); }

    @Test
    void shouldAskAgainWithTheStrongestOfSeveralChallenges() {
        SipMessage first = challenged(401, "Digest realm=\"trunk\", nonce=\"n1\", algorithm=MD5, qop=\"auth\"",
                "Digest realm=\"trunk\", nonce=\"n2\", algorithm=SHA-256, qop=\"auth,auth-int\", opaque=\"o\"", "Basic realm=\"trunk\"");
        SipMessage again = bench.last();
        assertThat(again.number()).isEqualTo(2);
        assertThat(again.text(HeaderName.CALL_ID)).isEqualTo(first.text(HeaderName.CALL_ID));
        assertThat(again.fromTag()).isEqualTo(first.fromTag());
        assertThat(again.text(HeaderName.TO)).isEqualTo(first.text(HeaderName.TO));
        assertThat(again.via().branch()).isNotEqualTo(first.via().branch());
        assertThat(again.body()).isEqualTo(first.body());
        DigestHeader answer = answer(again, HeaderName.AUTHORIZATION);
        assertThat(answer.values()).containsEntry("username", "bus").containsEntry("nonce", "n2").containsEntry("algorithm", "SHA-256")
                .containsEntry("qop", "auth").containsEntry("nc", "00000001").containsEntry("opaque", "o").containsEntry("uri", again.requestUri());
        assertThat(answer.value("response")).isEqualTo(new DigestResponse(DigestAlgorithm.SHA_256, false, "trunk", "n2", "auth", "00000001",
                answer.value("cnonce")).of("bus", "secret", "INVITE", again.requestUri(), new byte[0]));
        bench.respond(again, 200, "t", Bench.OFFER);
        assertThat(bench.latest("ACK").text(HeaderName.AUTHORIZATION)).as("§22.1").isEqualTo(again.text(HeaderName.AUTHORIZATION));
        assertThat(bench.heard.words).containsExactly("answered");
    }

    @Test
    void shouldCountTheUsesOfANonceOnTheRequestsThatFollow() {
        challenged(407, "Digest realm=\"trunk\", nonce=\"n\", qop=\"auth\"");
        bench.respond(bench.last(), 200, "t", Bench.OFFER);
        leg[0].hangUp("done");
        DigestHeader bye = answer(bench.latest("BYE"), HeaderName.PROXY_AUTHORIZATION);
        assertThat(bye.values()).containsEntry("nc", "00000002").containsEntry("nonce", "n");
        bench.respondWith(bench.latest("BYE"), 407, "t", lines(407, "Digest realm=\"trunk\", nonce=\"n\", qop=\"auth\""), "");
        assertThat(bench.count("BYE")).as("a trunk that asks at a BYE must not keep the call").isEqualTo(2);
        assertThat(answer(bench.latest("BYE"), HeaderName.PROXY_AUTHORIZATION).value("nc")).isEqualTo("00000003");
    }

    @Test
    void shouldAnswerOnceAndASecondTimeOnlyForAStaleNonce() {
        challenged(401, "Digest realm=\"trunk\", nonce=\"n1\", qop=\"auth\"");
        bench.respondWith(bench.last(), 401, "s", lines(401, "Digest realm=\"trunk\", nonce=\"n2\", stale=true, qop=\"auth\""), "");
        assertThat(answer(bench.last(), HeaderName.AUTHORIZATION).value("nonce")).isEqualTo("n2");
        bench.respondWith(bench.last(), 401, "s", lines(401, "Digest realm=\"trunk\", nonce=\"n3\", stale=true, qop=\"auth\""), "");
        assertThat(bench.count("INVITE")).isEqualTo(3);
        assertThat(bench.heard.words).containsExactly("ended declined by peer");
    }

    @Test
    void shouldNotTryAWrongPasswordTwice() {
        challenged(401, "Digest realm=\"trunk\", nonce=\"n1\", qop=\"auth\"");
        bench.respondWith(bench.last(), 401, "s", lines(401, "Digest realm=\"trunk\", nonce=\"n2\", qop=\"auth\""), "");
        assertThat(bench.count("INVITE")).isEqualTo(2);
        assertThat(bench.heard.words).containsExactly("ended declined by peer");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"Digest realm=\"elsewhere\", nonce=\"n\"", "Digest realm=\"trunk\", nonce=\"n\", algorithm=SHA-1",
        "Digest realm=\"trunk\", nonce=\"n\", qop=\"token\"", "Digest realm=\"trunk\"", "Basic realm=\"trunk\"", "Digest realm=\"trunk, nonce=\"n\""})
    void shouldTellNobodyElseAnything(String challenge) {
        challenged(401, challenge);
        assertThat(bench.count("INVITE")).isEqualTo(1);
        assertThat(bench.heard.words).containsExactly("ended declined by peer");
    }

    @Test
    void shouldKeepThePasswordOutOfEveryTextAndTheAnswerOutOfTheLog() {
        challenged(401, "Digest realm=\"trunk\", nonce=\"n1\"");
        assertThat(MINE.toString()).doesNotContain("secret");
        String response = answer(bench.last(), HeaderName.AUTHORIZATION).value("response");
        assertThat(new String(SecretMask.mask(bench.last().bytes()), ISO_8859_1)).doesNotContain(response).contains("username=\"bus\"");
    }
}
