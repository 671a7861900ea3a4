package org.infrafabric.sip;

/** Bytes that nobody can answer: no start line of SIP, or more than is taken. */
final class NotSip extends Exception {
    private static final long serialVersionUID = 1L;

    NotSip(String why) { super(why, null, false, false); }
}
