package org.infrafabric.guard;

import java.util.Map;

/**
 * Why a judgement came out as it did: what the log entry {@code guard_decided} holds, enough to judge again later.
 *
 * @param rule the rule that decided; {@code none} when none covered the message
 * @param reason for people
 * @param policyHash hex SHA-256 of the policy's canonical content
 * @param inputs what the policy was told, ready for the log: texts, whole numbers, booleans and lists of texts. The summary is not among them: it
 *     is personal content, and stands in the blob of the escalation's first entry
 */
public record Ruling(String rule, String reason, String policyHash, Map<String, Object> inputs) {}
