package org.infrafabric.sip;

/** The signed headers of an escalation's calls (CONTRACT §4): written on each INVITE we send, checked on each one we take. */
public final class EscalationHeaders {
    private EscalationHeaders() {}

    /** Neither writes nor checks them: for a phone that knows nothing of escalations. */
    public static EscalationHeaders none() {
        return new EscalationHeaders();
    }
}
