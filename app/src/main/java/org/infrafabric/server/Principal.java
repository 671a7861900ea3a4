package org.infrafabric.server;

/**
 * Who a token speaks for.
 *
 * @param id the operator's name, the agent's URI or the guardian's id; empty when the token is the role's own: such an agent's token speaks for
 *     every agent of the roster, whose signature says which, and such a guardian's token can only read
 */
public record Principal(Role role, String id) {
    /** Sees one agent's escalations only. */
    boolean isOneAgent() { return role == Role.AGENT && !id.isEmpty(); }
}
