package org.infrafabric.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** We ask an ordinary caller who it is (CONTRACT §4). */
class DigestServerTest {
    private static final SipAccess ACCESS = new SipAccess(List.of(), uri -> false, "ifbus.test", SipAccess.USUAL_HASHES,
            List.of(new Caller("sip:peer@127.0.0.1:5080", "peer", "secret"), new Caller("sip:other@127.0.0.1:5080", "other", "sesame")));
    private final Bench bench = new Bench(EscalationHeaders.none(), ACCESS);
    private int calls;

    private String nonce() {
        call("");
        assertThat(bench.last().status()).isEqualTo(401);
        return DigestHeader.parse(bench.last().text(HeaderName.WWW_AUTHENTICATE)).orElseThrow().value("nonce");
    }

    private void call(String extra) {
        calls++;
        bench.request("INVITE", "b" + calls, "c" + calls, "", 1, extra, Bench.OFFER);
    }

    private static String answer(DigestAlgorithm algorithm, String nonce, String count, String user, String password) {
        String response = new DigestResponse(algorithm, false, "ifbus.test", nonce, "auth", count, "cn").of(user, password, "INVITE",
                "sip:bus@127.0.0.1:5060", new byte[0]);
        return "Authorization: Digest username=\"" + user + "\", realm=\"ifbus.test\", nonce=\"" + nonce
                + "\", uri=\"sip:bus@127.0.0.1:5060\", response=\"" + response + "\", algorithm=" + algorithm.token() + ", qop=auth, nc=" + count
                + ", cnonce=\"cn\"\n";
    }

    @Test
    void shouldAskForTheBetterHashFirstAndLetNobodyInBefore() {
        call("");
        List<String> challenges = bench.last().headers(HeaderName.WWW_AUTHENTICATE);
        assertThat(challenges).hasSize(2);
        assertThat(challenges.getFirst()).contains("algorithm=SHA-256").contains("realm=\"ifbus.test\"").doesNotContain("stale");
        assertThat(challenges.getLast()).contains("algorithm=MD5");
        assertThat(bench.incoming).isEmpty();
        assertThat(bench.core.calls()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"SHA_256", "MD5"})
    void shouldLetInWhoKnowsThePassword(DigestAlgorithm algorithm) {
        call(answer(algorithm, nonce(), "00000001", "peer", "secret"));
        assertThat(bench.incoming).hasSize(1);
        assertThat(bench.incoming.getFirst().authenticated()).isTrue();
        assertThat(bench.incoming.getFirst().from()).isEqualTo("sip:peer@127.0.0.1:5080");
    }

    @Test
    void shouldAskAgainWhoDoesNotAndNotSayWhetherTheUserExists() {
        String nonce = nonce();
        call(answer(DigestAlgorithm.SHA_256, nonce, "00000001", "peer", "guess"));
        String known = bench.last().text(HeaderName.WWW_AUTHENTICATE);
        call(answer(DigestAlgorithm.SHA_256, nonce, "00000001", "nobody", "guess"));
        assertThat(bench.last().status()).isEqualTo(401);
        assertThat(bench.last().text(HeaderName.WWW_AUTHENTICATE)).isEqualTo(known).doesNotContain("stale");
        call(answer(DigestAlgorithm.SHA_512_256, nonce, "00000001", "peer", "secret"));
        assertThat(bench.last().status()).as("not what we asked for").isEqualTo(401);
        assertThat(bench.incoming).isEmpty();
    }

    @Test
    void shouldNotLetOneCallerUseAnothersAddress() {
        call(answer(DigestAlgorithm.SHA_256, nonce(), "00000001", "other", "sesame"));
        assertThat(bench.last().status()).isEqualTo(403);
        assertThat(bench.incoming).isEmpty();
    }

    @Test
    void shouldTakeNoAnswerTwice() {
        String nonce = nonce();
        call(answer(DigestAlgorithm.SHA_256, nonce, "00000001", "peer", "secret"));
        call(answer(DigestAlgorithm.SHA_256, nonce, "00000001", "peer", "secret"));
        assertThat(bench.last().status()).isEqualTo(401);
        call(answer(DigestAlgorithm.SHA_256, nonce, "00000002", "peer", "secret"));
        assertThat(bench.incoming).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"299000,1", "301000,0"})
    void shouldTakeANonceForFiveMinutes(long millis, int taken) {
        String nonce = nonce();
        bench.advance(millis);
        call(answer(DigestAlgorithm.SHA_256, nonce, "00000001", "peer", "secret"));
        assertThat(bench.incoming).hasSize(taken);
        if (taken == 0) assertThat(bench.last().text(HeaderName.WWW_AUTHENTICATE)).contains("stale=true");
    }

    @Test
    void shouldTakeNoNonceOfSomebodyElsesMaking() {
        String nonce = nonce();
        String forged = nonce.substring(0, 12) + (nonce.charAt(12) == 'A' ? 'B' : 'A') + nonce.substring(13);
        for (String each : List.of(forged, nonce.substring(1), "", "x".repeat(32), new String(new char[40]).replace('\0', 'A')))
            call(answer(DigestAlgorithm.SHA_256, each, "00000001", "peer", "secret"));
        assertThat(bench.incoming).isEmpty();
        assertThat(bench.last().status()).isEqualTo(401);
    }
}
