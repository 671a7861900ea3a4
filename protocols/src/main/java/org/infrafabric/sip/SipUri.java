package org.infrafabric.sip;

record SipUri(String user, String host, int port) {
    static SipUri parse(String text) { return new SipUri("", text, -1); }
}
