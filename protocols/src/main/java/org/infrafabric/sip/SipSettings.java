package org.infrafabric.sip;

import java.util.List;

/**
 * What a user agent is told about itself.
 *
 * @param listen where it listens; port 0 takes a free one; of several of one transport we send from the one that leads to the peer. At least one
 * @param identity our address of record, such as {@code sip:bus@ifbus.local}; the From of the calls we make
 * @param product for User-Agent and Server, such as {@code ifbus/0.1}
 * @param maxCalls how many calls may be open at once; the next one gets 503 with Retry-After
 * @param sessionSeconds after which a call whose other side has died is ended (RFC 4028), 90 or more; a longer one is agreed to if the peer asks; 0 asks nobody
 */
public record SipSettings(List<Endpoint> listen, String identity, String product, int maxCalls, long sessionSeconds) {
    /** RFC 4028 §4 recommends it: two small messages in a quarter of an hour. */
    public static final long USUAL_SESSION_SECONDS = 1800;

    public SipSettings {
        listen = List.copyOf(listen);
        if (listen.isEmpty()) throw new IllegalArgumentException("a user agent needs at least one address to listen on");
        SipUri.parse(identity);
        if (sessionSeconds != 0 && sessionSeconds < SessionExpires.MIN_SECONDS)
            throw new IllegalArgumentException("a session timer of less than 90 s");
    }

    public SipSettings(List<Endpoint> listen, String identity, String product, int maxCalls) {
        this(listen, identity, product, maxCalls, USUAL_SESSION_SECONDS);
    }

    public SipSettings(List<Endpoint> listen, String identity, String product) { this(listen, identity, product, 10_000); }
}
