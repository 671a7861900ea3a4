package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.infrafabric.call.Provenance;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.Sha256;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.TraceIds;
import org.infrafabric.message.VerifyKey;

/** The signed headers of an escalation's calls (CONTRACT §4): written on each INVITE we send, checked on each one we take. Owner's thread only. */
public final class EscalationHeaders {
    /** A date may be this far off. */
    static final Duration WINDOW = Duration.ofSeconds(300);
    /** Signed INVITEs remembered within the window; only holders of a rostered key can fill it. */
    private static final int MAX_REMEMBERED = 100_000;
    private static final String HASH_PREFIX = "sha256:";
    private static final List<HeaderName> ALL = List.of(HeaderName.X_IF_TRACE_ID, HeaderName.X_IF_HAZARD, HeaderName.X_IF_DATE,
            HeaderName.X_IF_WITNESS_HASH,
            HeaderName.X_IF_SIGNATURE);

    private final Optional<Supplier<SigningKey>> signer;
    private final Function<String, Optional<VerifyKey>> roster;
    private final boolean checking;
    private final ReplayCache replays = new ReplayCache(MAX_REMEMBERED);

    private EscalationHeaders(Optional<Supplier<SigningKey>> signer, Function<String, Optional<VerifyKey>> roster, boolean checking) {
        this.signer = signer;
        this.roster = roster;
        this.checking = checking;
    }

    /**
     * Signs with {@code key} and takes what the roster's keys have signed.
     *
     * @param roster key id → key of whoever may sign calls to us: our own, the edge's
     */
    public static EscalationHeaders signing(SigningKey key, Function<String, Optional<VerifyKey>> roster) {
        return signing(() -> key, roster);
    }

    /** As above, with a key that is asked for each time: it may give way to another. */
    public static EscalationHeaders signing(Supplier<SigningKey> key, Function<String, Optional<VerifyKey>> roster) {
        return new EscalationHeaders(Optional.of(key), roster, true);
    }

    /** Takes what the roster's keys have signed, and signs nothing: for a phone that knows its bus. */
    public static EscalationHeaders checking(Function<String, Optional<VerifyKey>> roster) {
        return new EscalationHeaders(Optional.empty(), roster, true);
    }

    /** Neither writes nor checks them: for a phone that knows nothing of escalations. */
    public static EscalationHeaders none() {
        return new EscalationHeaders(Optional.empty(), keyId -> Optional.empty(), false);
    }

    /** What is signed besides the headers themselves. {@code from} and {@code to} are header values; tags and display names do not matter. */
    record Signed(String method, String callId, long number, String from, String to, String bodySha256) {
        Signed(String method, String callId, long number, String from, String to, byte[] body) {
            this(method, callId, number, from, to, Sha256.hex(body));
        }
    }

    /** A request as the check sees it: a SIP message, or what an edge tells of one. */
    interface Presented {
        /** Whether any header's name begins so. */
        boolean hasHeaderStarting(String prefix);

        int count(HeaderName name);

        /** The value, unfolded and trimmed; asked only where {@link #count} is 1. */
        String text(HeaderName name);

        Signed signed();
    }

    /** What an INVITE's headers are worth. */
    sealed interface Verdict {
        /** None of them is there. */
        record Ordinary() implements Verdict {}

        record Genuine(Provenance provenance) implements Verdict {}

        /** 403, with this as the Reason's text. */
        record Refused(String reason) implements Verdict {}

        /** 503: so many were taken that replays could no longer be told. */
        record Full() implements Verdict {}
    }

    /** Puts the five headers on a request; none when this party does not sign. */
    void sign(SipWriter request, Signed about, Provenance provenance, Instant now) {
        if (signer.isEmpty()) return;
        SigningKey key = signer.get().get();
        String hazards = String.join(",", provenance.hazards());
        String date = Rfc3339.formatSeconds(now);
        String hash = HASH_PREFIX + provenance.witnessHash();
        String signature = key.signBase64Url(signedBytes(about, provenance.traceId(), hazards, date, hash));
        request.header(HeaderName.X_IF_TRACE_ID, provenance.traceId()).header(HeaderName.X_IF_HAZARD, hazards).header(HeaderName.X_IF_DATE, date)
                .header(HeaderName.X_IF_WITNESS_HASH, hash)
                .header(HeaderName.X_IF_SIGNATURE, "keyid=\"" + key.keyId() + "\";alg=ed25519;sig=\"" + signature + "\"");
    }

    /** Checks a request that the validator has passed, in the order of CONTRACT §4, and remembers it if it is genuine. */
    Verdict check(SipMessage request, Instant now) {
        return check(new Presented() {
            @Override
            public boolean hasHeaderStarting(String prefix) { return request.hasHeaderStarting(prefix); }

            @Override
            public int count(HeaderName name) { return request.count(name); }

            @Override
            public String text(HeaderName name) { return request.text(name); }

            @Override
            public Signed signed() {
                return new Signed(request.method(), request.text(HeaderName.CALL_ID), CSeq.of(request).orElseThrow().number(),
                        request.text(HeaderName.FROM), request.text(HeaderName.TO), request.body());
            }
        }, now);
    }

    /** The same for what is no SIP message. */
    Verdict check(Presented request, Instant now) {
        if (!checking || !request.hasHeaderStarting("X-IF-")) return new Verdict.Ordinary();
        for (HeaderName each : ALL) {
            if (request.count(each) != 1) return new Verdict.Refused("missing-header");
        }
        Map<String, String> signature;
        try {
            signature = Params.read(";" + request.text(HeaderName.X_IF_SIGNATURE));
        } catch (IllegalArgumentException e) {
            return new Verdict.Refused("missing-header");
        }
        String keyId = signature.getOrDefault("keyid", "");
        Optional<VerifyKey> key = roster.apply(keyId);
        if (key.isEmpty()) return new Verdict.Refused("unknown-key");
        String date = request.text(HeaderName.X_IF_DATE);
        Optional<Instant> time = time(date);
        if (time.isEmpty() || Duration.between(time.get(), now).abs().compareTo(WINDOW) > 0) return new Verdict.Refused("stale");
        Optional<String> traceId = TraceIds.parse(request.text(HeaderName.X_IF_TRACE_ID));
        String hazards = request.text(HeaderName.X_IF_HAZARD);
        String hash = request.text(HeaderName.X_IF_WITNESS_HASH);
        Signed about = request.signed();
        if (traceId.isEmpty() || hazards.isEmpty() || !hash.matches("sha256:[0-9a-f]{64}") || !signature.getOrDefault("alg", "").equals("ed25519")
                || !verified(key.get(), about, traceId.get(), hazards, date, hash, signature.getOrDefault("sig", ""))) {
            return new Verdict.Refused("bad-signature");
        }
        return switch (replays.take(keyId + '\n' + about.callId() + '\n' + about.number(), time.get().plus(WINDOW), now)) {
            case NEW -> new Verdict.Genuine(new Provenance(traceId.get(), List.of(hazards.split(",", -1)), hash.substring(HASH_PREFIX.length())));
            case SEEN -> new Verdict.Refused("replay");
            case FULL -> new Verdict.Full();
        };
    }

    static byte[] signedBytes(Signed about, String traceId, String hazards, String date, String hash) {
        return String.join("\n", "IFBUS-SIP-1", about.method(), about.callId(), Long.toString(about.number()), uri(about.from()), uri(about.to()),
                traceId, hazards,
                date, hash, about.bodySha256()).getBytes(ISO_8859_1);
    }

    private static boolean verified(VerifyKey key, Signed about, String traceId, String hazards, String date, String hash, String signature) {
        try {
            return key.verify(signedBytes(about, traceId, hazards, date, hash), signature);
        } catch (IllegalArgumentException e) {
            return false; // a From or To that is no SIP URI
        }
    }

    private static String uri(String header) { return SipUri.parse(NameAddr.parse(header).uri()).bare(); }

    private static Optional<Instant> time(String date) {
        try {
            return Optional.of(Rfc3339.parse(date));
        } catch (DateTimeParseException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
