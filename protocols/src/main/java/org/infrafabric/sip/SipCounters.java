package org.infrafabric.sip;

/** What is counted for the metrics (CONTRACT §7). Called on the owner's thread, for each message: must be quick. */
public interface SipCounters {
    /** Counts nothing. */
    SipCounters NONE = new SipCounters() {
        @Override
        public void message(boolean sent, String method, Endpoint.Protocol transport) {}

        @Override
        public void retransmission() {}
    };

    /** A message was sent or received; {@code method} is that of the request or of the CSeq of the response, {@code other} when it is none we know. */
    void message(boolean sent, String method, Endpoint.Protocol transport);

    /** We sent something again, or were sent something again. */
    void retransmission();

    /** A new request was turned away because this node cannot keep up. */
    default void turnedAway() {}
}
