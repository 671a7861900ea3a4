package org.infrafabric.call;

/** Makes calls; each protocol room fills it. All methods are called on the owner's thread and never block. */
public interface Dialer {
    /**
     * Builds a leg with its dialog and branch ids. Nothing is sent until {@link Leg#dial()}.
     *
     * @throws IllegalArgumentException when the target is no URI that this dialer can call; the message says why
     */
    Leg prepare(CallOrder order, Leg.Listener listener);

    /** Ends a leg that a former life of this process left behind: CANCEL if it was ringing, BYE if it was answered. Safe to repeat. */
    void endStray(String resumeToken);
}
