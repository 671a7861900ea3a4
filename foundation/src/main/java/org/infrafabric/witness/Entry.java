package org.infrafabric.witness;

/**
 * A sealed entry of the log (CONTRACT §5).
 *
 * @param seq position in this node's chain, from 1
 * @param time RFC 3339 UTC with three decimals
 * @param component such as {@code IF.sip}
 * @param event such as {@code invite_sent}
 * @param traceId 32 lower-case hex digits
 * @param hash lower-case hex SHA-256 of the canonical entry without hash and sig
 * @param json the whole entry as one line of JSON, ready for an export or an event stream
 */
public record Entry(long seq, String time, String component, String event, String traceId, String hash, String json) {}
