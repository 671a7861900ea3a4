package org.infrafabric.call;

import java.util.List;

/**
 * The escalation a call belongs to; SIP carries it as the signed headers of CONTRACT §4.
 *
 * @param traceId 32 lower-case hex digits
 * @param hazards first is the main one
 * @param witnessHash hash (hex) of the escalation's first entry
 */
public record Provenance(String traceId, List<String> hazards, String witnessHash) {}
