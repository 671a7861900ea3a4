package org.infrafabric.sip;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.infrafabric.call.Provenance;
import org.infrafabric.message.VerifyKey;

/**
 * The check of an escalation's signed headers (CONTRACT §4) for an edge proxy that asks before it lets a request through. It remembers what it has taken apart
 * from the bus's own SIP, which then sees the same request for the first time. Any thread.
 */
public final class EdgeCheck {
    private final EscalationHeaders headers;

    /** @param roster key id → key of whoever may sign calls */
    public EdgeCheck(Function<String, Optional<VerifyKey>> roster) {
        headers = EscalationHeaders.checking(roster);
    }

    /**
     * What the edge tells of a request.
     *
     * @param from and {@code to}: the headers' values, or their URIs alone
     * @param headers name in small letters → values, one for each time that it stands in the request
     * @param bodySha256 lower-case hex, of the body as it came to the edge
     */
    public record Asked(String method, String callId, long cseq, String from, String to, Map<String, List<String>> headers, String bodySha256) {}

    /** What it is worth. */
    public sealed interface Answer {
        /** It carries none of the headers: an ordinary call, which the roster decides about. */
        record Ordinary() implements Answer {}

        /** @param traceId as headers have it: without dashes */
        record Genuine(String traceId) implements Answer {}

        /** @param reason one of CONTRACT §4's words */
        record Refused(String reason) implements Answer {}

        /** So many were taken that replays could no longer be told: 503. */
        record Full() implements Answer {}
    }

    /** Checks, and remembers what is genuine: the same again is a replay. */
    public synchronized Answer check(Asked asked, Instant now) {
        return switch (headers.check(new Told(asked), now)) {
            case EscalationHeaders.Verdict.Ordinary() -> new Answer.Ordinary();
            case EscalationHeaders.Verdict.Genuine(Provenance provenance) -> new Answer.Genuine(provenance.traceId());
            case EscalationHeaders.Verdict.Refused(String reason) -> new Answer.Refused(reason);
            case EscalationHeaders.Verdict.Full() -> new Answer.Full();
        };
    }

    /** The URI of a From or To as a roster knows it; empty when there is none. */
    public static Optional<String> uri(String header) {
        try {
            return Optional.of(SipUri.parse(NameAddr.parse(header).uri()).bare());
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    private record Told(Asked asked) implements EscalationHeaders.Presented {
        @Override
        public boolean hasHeaderStarting(String prefix) {
            String small = prefix.toLowerCase(Locale.ROOT);
            return asked.headers().keySet().stream().anyMatch(name -> name.startsWith(small));
        }

        @Override
        public int count(HeaderName name) { return values(name).size(); }

        @Override
        public String text(HeaderName name) { return values(name).getFirst().strip(); }

        @Override
        public EscalationHeaders.Signed signed() {
            return new EscalationHeaders.Signed(asked.method(), asked.callId(), asked.cseq(), asked.from(), asked.to(), asked.bodySha256());
        }

        private List<String> values(HeaderName name) { return asked.headers().getOrDefault(name.text().toLowerCase(Locale.ROOT), List.of()); }
    }
}
