package org.infrafabric.sip;

import org.infrafabric.guard.UriPattern;

/**
 * Somebody who may call in without signed headers, and how they prove who they are (CONTRACT §4, RFC 3261 §22.2).
 *
 * @param uri what their From must say; may be a pattern
 * @param user whom they name in their answer
 */
public record Caller(String uri, String user, String password) {
    boolean mayCallFrom(String from) {
        try {
            return UriPattern.parse(uri).matches(UriPattern.parse(from).text());
        } catch (IllegalArgumentException nobody) {
            return false;
        }
    }

    /** Without the password. */
    @Override
    public String toString() { return "Caller[" + user + " as " + uri + "]"; }
}
