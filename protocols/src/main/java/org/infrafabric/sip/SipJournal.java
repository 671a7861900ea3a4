package org.infrafabric.sip;

/** Where the signalling is written down. Called on the owner's thread; must neither block nor keep the array from being collected. */
public interface SipJournal {
    /** Writes nothing. */
    SipJournal NONE = event -> {};

    void happened(Event event);

    /** New requests are turned away from now on, or are taken again; {@code detail} says why, and how many were. */
    default void overload(boolean began, String detail) {}

    /** What can happen to a dialog. */
    enum Kind {
        INVITE_SENT, RINGING, ANSWERED, CANCEL_SENT, BYE_SENT, BYE_RECEIVED, CALL_FAILED, INVITE_RECEIVED, INVITE_ACCEPTED, INVITE_REFUSED,
        CANCEL_RECEIVED
    }

    /**
     * One step of one dialog.
     *
     * @param traceId of the escalation, or empty for an ordinary call
     * @param callId the dialog's Call-ID
     * @param party the other side's URI
     * @param peer where the message went or came from
     * @param status of the response, 0 where there is none
     * @param detail for people: why, in a few words; may be empty
     * @param message the SIP message whole, secrets not yet masked; empty where none was involved
     */
    record Event(Kind kind, String traceId, String callId, String party, Endpoint peer, int status, String detail, byte[] message) {}
}
