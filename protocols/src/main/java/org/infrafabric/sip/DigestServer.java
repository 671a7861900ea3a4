package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Asks callers who they are (RFC 3261 §22.2, RFC 7616, RFC 8760). A nonce is its time and a MAC over it, so asking costs no memory; what was answered is remembered
 * as long as its nonce lives, so that nobody can say it again. Owner's thread only.
 */
final class DigestServer {
    /** So long a nonce may be used; an older one is stale, which phones answer without asking anybody. */
    static final Duration NONCE_LIFE = Duration.ofSeconds(300);
    /** Answers remembered; only holders of a password can fill it. */
    private static final int MAX_REMEMBERED = 50_000;
    private static final int MAC_BYTES = 16;

    private final SipAccess access;
    private final SecretKeySpec key;
    private final ReplayCache answers = new ReplayCache(MAX_REMEMBERED);

    DigestServer(SipAccess access, Ids ids) {
        this.access = access;
        key = new SecretKeySpec((ids.tag() + ids.tag() + ids.tag() + ids.tag()).getBytes(ISO_8859_1), "HmacSHA256");
    }

    /** What a request is worth. */
    sealed interface Verdict {
        /** Nobody needs to say who they are. */
        record Open() implements Verdict {}

        record Authentic(String user) implements Verdict {}

        /** 401; {@code stale} when only the nonce was too old. */
        record Ask(boolean stale) implements Verdict {}

        /** They are who they say, but may not call from that address: 403. */
        record NotTheirs() implements Verdict {}

        /** 503: so many answers are remembered that a repeated one could no longer be told. */
        record Full() implements Verdict {}
    }

    Verdict check(SipMessage request, Instant now) {
        if (access.callers().isEmpty()) return new Verdict.Open();
        Optional<DigestHeader> said = request.headers(HeaderName.AUTHORIZATION).stream().flatMap(text -> DigestHeader.parse(text).stream())
                .filter(header -> header.value("realm").equals(DigestResponse.wire(access.realm()))).findFirst();
        if (said.isEmpty()) return new Verdict.Ask(false);
        DigestHeader answer = said.get();
        Optional<Instant> issued = issued(answer.value("nonce"));
        Optional<Caller> caller = access.callers().stream().filter(each -> DigestResponse.wire(each.user()).equals(answer.value("username")))
                .findFirst();
        if (issued.isEmpty() || caller.isEmpty() || !proven(answer, caller.get(), request)) return new Verdict.Ask(false);
        Duration age = Duration.between(issued.get(), now);
        if (age.isNegative() || age.compareTo(NONCE_LIFE) > 0) return new Verdict.Ask(true);
        if (!caller.get().mayCallFrom(Core.party(request.text(HeaderName.FROM)))) return new Verdict.NotTheirs();
        String use = answer.value("nonce") + ' ' + answer.value("nc") + ' ' + answer.value("username");
        return switch (answers.take(use, issued.get().plus(NONCE_LIFE), now)) {
            case NEW -> new Verdict.Authentic(caller.get().user());
            case SEEN -> new Verdict.Ask(true);
            case FULL -> new Verdict.Full();
        };
    }

    private boolean proven(DigestHeader answer, Caller caller, SipMessage request) {
        Optional<DigestAlgorithm> algorithm = DigestAlgorithm.named(answer.value("algorithm")).filter(access.hashes()::contains);
        String qop = answer.value("qop");
        boolean counted = answer.value("nc").matches("[0-9a-fA-F]{8}") && !answer.value("cnonce").isEmpty();
        if (algorithm.isEmpty() || !qop.equals("auth") && !qop.equals("auth-int") || !counted || !sameUri(answer.value("uri"), request.requestUri()))
            return false;
        String right = new DigestResponse(algorithm.get(), false, answer.value("realm"), answer.value("nonce"), qop, answer.value("nc"),
                answer.value("cnonce")).of(caller.user(), caller.password(), request.method(), answer.value("uri"), request.body());
        return MessageDigest.isEqual(right.getBytes(ISO_8859_1), answer.value("response").toLowerCase(java.util.Locale.ROOT).getBytes(ISO_8859_1));
    }

    /** A proxy may have changed the Request-URI's parameters on the way, §22.4 point 5. */
    private static boolean sameUri(String said, String asked) {
        try {
            return SipUri.parse(said).bare().equals(SipUri.parse(asked).bare());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Puts a challenge for each algorithm on a 401. */
    void ask(SipWriter answer, boolean stale, Instant now) {
        String nonce = nonce(now);
        for (DigestAlgorithm each : access.hashes()) {
            answer.header(HeaderName.WWW_AUTHENTICATE,
                    "Digest realm=" + DigestHeader.quoted(DigestResponse.wire(access.realm())) + ", nonce=\"" + nonce
                            + "\", algorithm=" + each.token() + ", qop=\"auth,auth-int\"" + (stale ? ", stale=true" : ""));
        }
    }

    private String nonce(Instant now) {
        byte[] time = ByteBuffer.allocate(Long.BYTES).putLong(now.toEpochMilli()).array();
        byte[] whole = Arrays.copyOf(time, Long.BYTES + MAC_BYTES);
        System.arraycopy(mac(time), 0, whole, Long.BYTES, MAC_BYTES);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(whole);
    }

    /** When we made it; empty for one that we have not made. */
    private Optional<Instant> issued(String nonce) {
        byte[] whole;
        try {
            whole = Base64.getUrlDecoder().decode(nonce);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (whole.length != Long.BYTES + MAC_BYTES) return Optional.empty();
        byte[] time = Arrays.copyOf(whole, Long.BYTES);
        byte[] mac = Arrays.copyOf(mac(time), MAC_BYTES);
        if (!MessageDigest.isEqual(mac, Arrays.copyOfRange(whole, Long.BYTES, whole.length))) return Optional.empty();
        return Optional.of(Instant.ofEpochMilli(ByteBuffer.wrap(time).getLong()));
    }

    private byte[] mac(byte[] time) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(time);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks HmacSHA256", e); // every JDK has it
        }
    }
}
