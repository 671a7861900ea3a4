package org.infrafabric.sip;

/** A server transaction's states, RFC 3261 §17.2. Passive like {@link ClientMachine}. */
sealed interface ServerMachine permits InviteServerTransaction, RequestServerTransaction {
    /** RFC 3261's names; L is RFC 6026's; TRYING is the 200 ms after which 100 is due. */
    enum Timer implements TransactionTimers.Kind {
        TRYING(TransactionTimers.Use.REPEAT), G(TransactionTimers.Use.REPEAT), H(TransactionTimers.Use.LIMIT), I(TransactionTimers.Use.LINGER),
        J(TransactionTimers.Use.LINGER), L(TransactionTimers.Use.LINGER);

        private final TransactionTimers.Use use;

        Timer(TransactionTimers.Use use) { this.use = use; }

        @Override
        public TransactionTimers.Use use() { return use; }
    }

    /** What the transaction asks of the world. */
    interface Out {
        /** INVITE only. */
        void sendTrying();

        /** Sends the last response again. */
        void repeatResponse();

        void arm(Timer timer, long dueNanos);

        /** Nothing more comes; forget it. Said once, and last. */
        void terminated();
    }

    /** The request is here for the first time. */
    void start(long nowNanos);

    /** The user's response has been sent by the owner. */
    void onRespond(int status, long nowNanos);

    /** The request came again. */
    void onRetransmission();

    /** Whether the ACK was this transaction's, and not that of a 2xx. */
    boolean onAck(long nowNanos);

    void onTimer(Timer timer, long nowNanos);

    void onTransportError();
}
