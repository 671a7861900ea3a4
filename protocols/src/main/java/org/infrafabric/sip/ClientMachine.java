package org.infrafabric.sip;

import org.infrafabric.call.CallFailure;

/**
 * A client transaction's states, RFC 3261 §17.1. Owns no clock, socket or thread: it is told what happened and when, and says what to do through
 * {@link Out}. One owner calls it.
 */
sealed interface ClientMachine permits InviteClientTransaction, RequestClientTransaction {
    /** Timer names are RFC 3261's; M is RFC 6026's; C is ours for the wait after a CANCEL, §9.1. */
    enum Timer implements TransactionTimers.Kind {
        A(TransactionTimers.Use.REPEAT), B(TransactionTimers.Use.LIMIT), C(TransactionTimers.Use.LIMIT), D(TransactionTimers.Use.LINGER),
        E(TransactionTimers.Use.REPEAT), F(TransactionTimers.Use.LIMIT), K(TransactionTimers.Use.LINGER), M(TransactionTimers.Use.LINGER);

        private final TransactionTimers.Use use;

        Timer(TransactionTimers.Use use) { this.use = use; }

        @Override
        public TransactionTimers.Use use() { return use; }
    }

    /** What the transaction asks of the world. The encoded request is kept by the owner; nothing is encoded twice. */
    interface Out {
        void sendRequest();

        /** Acknowledges a final response that is no 2xx; the same bytes each time. INVITE only. */
        void sendAck();

        void arm(Timer timer, long dueNanos);

        /** Up to the user: each provisional, the first final, and each 2xx to an INVITE. */
        void response(int status);

        void failed(CallFailure why);

        /** Nothing more comes; forget it. Said once, and last. */
        void terminated();
    }

    /** Sends the request for the first time. */
    void start(long nowNanos);

    void onResponse(int status, long nowNanos);

    void onTimer(Timer timer, long nowNanos);

    void onTransportError();
}
