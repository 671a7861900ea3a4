package org.infrafabric.server;

/**
 * Who a token speaks for.
 *
 * @param id the operator's name, the agent's URI or the guardian's id; empty when the token is bound to nobody: such an agent's token can
 *     ask nothing and such a guardian's token can only read
 */
public record Principal(Role role, String id) {}
