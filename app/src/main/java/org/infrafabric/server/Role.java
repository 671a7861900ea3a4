package org.infrafabric.server;

/** What a bearer token is for (CONTRACT §2). What each may do is the table in {@link HttpApi}. */
public enum Role {
    /** Keeps the phones working: sees everything, cancels, but neither asks nor votes. */
    OPERATOR,
    /** Asks, and sees what it asked. */
    AGENT,
    /** An edge proxy: asks whether a request may pass, and nothing else. */
    EDGE,
    /** Sees everything and votes as the guardian it is bound to. */
    GUARDIAN
}
