package org.infrafabric.server;

import java.util.Optional;

/**
 * One leg that is up or being set up, as {@code GET /v1/calls} shows it.
 *
 * @param id the leg's id, for SIP the Call-ID
 * @param state {@code dialing}, {@code ringing} or {@code answered}
 * @param since RFC 3339 UTC
 */
public record LiveCall(String id, String party, String role, String state, Optional<String> escalation, String since) {}
