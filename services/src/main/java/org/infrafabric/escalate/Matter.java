package org.infrafabric.escalate;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an escalation is about: the facts of its message that people and the decision need.
 *
 * @param traceId 32 lower-case hex digits
 * @param source the agent that asks
 * @param hazards first is the main one
 * @param severity low, medium, high, critical, or empty when the message said none
 * @param evidence names, for the briefing
 * @param deadline after which no answer helps any more
 * @param requestSha256 hex SHA-256 of the canonical form without signature
 * @param policyHash hex SHA-256 of the policy that judged it
 */
record Matter(String id, String traceId, String source, List<String> hazards, String summary, String severity, List<String> evidence,
        Optional<Instant> deadline, Optional<String> callback, String requestSha256, String policyHash) {}
