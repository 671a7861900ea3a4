package org.infrafabric.sip;

/** What stands there is not what SIP's grammar asks for; the message says so in words that may go to the peer. Carries no stack: peers cause it. */
final class Malformed extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    Malformed(String why) { super(why); }

    @Override
    public synchronized Throwable fillInStackTrace() { return this; }
}
