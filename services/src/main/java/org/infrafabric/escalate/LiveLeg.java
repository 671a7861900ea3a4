package org.infrafabric.escalate;

import java.time.Instant;

/**
 * A leg that is up or being set up.
 *
 * @param id the protocol's own, for SIP the Call-ID; empty while it is being made
 * @param party an expert's URI or a guardian's id
 * @param role {@code expert} or {@code guardian}
 * @param state {@code dialing}, {@code ringing} or {@code answered}
 */
public record LiveLeg(String id, String party, String role, String state, String escalation, Instant since) {}
