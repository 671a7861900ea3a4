package org.infrafabric.sip;

import java.time.Duration;

/** When whoever refused wants to be asked again, RFC 3261 §20.33: {@code Retry-After: 120 (In a meeting);duration=3600}. */
final class RetryAfter {
    private static final long MAX_SECONDS = Duration.ofDays(1).toSeconds();

    private RetryAfter() {}

    /** Zero where the response does not say, or not in numbers; a day at most. */
    static Duration of(SipMessage response) {
        byte[] value = Ascii.bytes(response.text(HeaderName.RETRY_AFTER));
        int end = Ascii.skip(value, 0, value.length, Ascii.DIGIT);
        if (end == 0) return Duration.ZERO;
        long seconds = Ascii.number(value, 0, end, MAX_SECONDS);
        return Duration.ofSeconds(seconds < 0 ? MAX_SECONDS : seconds);
    }
}
