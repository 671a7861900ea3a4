package org.infrafabric.sip;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A Session-Expires header, RFC 4028 §4.
 *
 * @param seconds after which the session is over if nobody refreshes it
 * @param refresher {@code uac}, {@code uas} or empty; who of the two is meant depends on who sent the request
 */
record SessionExpires(long seconds, String refresher) {
    /** No interval may be shorter, §4. */
    static final long MIN_SECONDS = 90;
    private static final long MAX_SECONDS = 7 * 24 * 3600;

    /** What a message says; empty when it says nothing, or nothing that can be read. */
    static Optional<SessionExpires> of(SipMessage message) {
        String text = message.text(HeaderName.SESSION_EXPIRES);
        if (text.isEmpty()) return Optional.empty();
        int semicolon = text.indexOf(';');
        long seconds = number(semicolon < 0 ? text : text.substring(0, semicolon));
        if (seconds <= 0) return Optional.empty();
        try {
            Map<String, String> params = semicolon < 0 ? Map.of() : Params.read(text.substring(semicolon));
            return Optional.of(new SessionExpires(seconds, params.getOrDefault("refresher", "").toLowerCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The Min-SE of a 422 or of a request, §5; 90 where there is none. */
    static long minimum(SipMessage message) {
        String text = message.text(HeaderName.MIN_SE);
        int semicolon = text.indexOf(';');
        return Math.max(MIN_SECONDS, number(semicolon < 0 ? text : text.substring(0, semicolon)));
    }

    private static long number(String text) { return Math.min(MAX_SECONDS, Ascii.number(text.strip(), 0xffff_ffffL)); }

    /** The header's value. */
    String text() { return seconds + (refresher.isEmpty() ? "" : ";refresher=" + refresher); }
}
