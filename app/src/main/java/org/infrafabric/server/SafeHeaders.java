package org.infrafabric.server;

import java.util.Map;

/** Headers of every answer that keep a browser from doing with it what nobody meant: framing it, guessing its type, telling others where it came from, running what is not ours. */
final class SafeHeaders {
    static final Map<String, String> ALL = Map.of(
            "Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                    + "media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()");

    private SafeHeaders() {}
}
