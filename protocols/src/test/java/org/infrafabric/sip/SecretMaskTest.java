package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecretMaskTest {
    @Test
    void shouldMaskDigestAnswersKeysAndPasswordsAndNothingElse() {
        String message = """
                INVITE sip:a:pw1@b SIP/2.0
                Authorization: Digest username="a", nonce="n",
                 response="0123456789abcdef", uri="sip:b"
                proxy-authorization : Basic c2VjcmV0
                From: <sip:c:pw2@d>;tag=1
                User-Agent: response="kept"

                v=0
                k=prompt:pw3
                a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:pw4
                a=sendrecv
                """.replace("\n", "\r\n");
        String masked = new String(SecretMask.mask(message.getBytes(ISO_8859_1)), ISO_8859_1);
        assertThat(masked).doesNotContain("0123456789abcdef", "c2VjcmV0", "pw1", "pw2", "pw3", "pw4");
        assertThat(masked).contains("username=\"a\"", "nonce=\"n\"", "response=\"masked\", uri=\"sip:b\"", "sip:c:masked@d", "response=\"kept\"",
                "a=sendrecv");
    }

    @Test
    void shouldLeaveAMessageWithoutSecretsAsItIs() {
        byte[] message = "OPTIONS sip:a@b SIP/2.0\r\n\r\n".getBytes(ISO_8859_1);
        assertThat(SecretMask.mask(message)).isSameAs(message);
    }

    @Test
    void shouldMaskAHeaderOfAsManyLinesAsADatagramHolds() {
        String folded = "Authorization: Basic x" + "\r\n y".repeat(16_000);
        assertThat(new String(SecretMask.mask(("INVITE sip:a@b SIP/2.0\r\n" + folded + "\r\n\r\n").getBytes(ISO_8859_1)), ISO_8859_1))
                .isEqualTo("INVITE sip:a@b SIP/2.0\r\nAuthorization: masked\r\n\r\n");
    }
}
