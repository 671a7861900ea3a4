package org.infrafabric.client;

/**
 * The bus has the message, durably.
 *
 * @param traceId 32 lower-case hex digits
 * @param state one of CONTRACT §3's states, as it stood when the bus answered
 * @param requestSha256 lower-case hex SHA-256 of what was sent; the decision must name it
 * @param repeated whether the bus had this very message already
 */
public record Receipt(String id, String traceId, String state, String href, String requestSha256, boolean repeated) {}
