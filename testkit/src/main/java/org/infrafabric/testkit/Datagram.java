package org.infrafabric.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * One that went over the loopback.
 *
 * @param from port
 * @param to port
 */
public record Datagram(Instant time, int from, int to, byte[] payload) {
    /** Byte for byte, as SIP is read. */
    public String text() { return new String(payload, StandardCharsets.ISO_8859_1); }
}
