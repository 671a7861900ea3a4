package org.infrafabric.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Messages as phones send them. */
public final class SipSamples {
    private static final String SDP = """
            v=0
            o=- 20518 0 IN IP4 192.0.2.20
            s=-
            c=IN IP4 192.0.2.20
            t=0 0
            m=audio 49170 RTP/AVP 8 0 101
            a=rtpmap:8 PCMA/8000
            a=rtpmap:0 PCMU/8000
            a=rtpmap:101 telephone-event/8000
            a=fmtp:101 0-16
            a=ptime:20
            a=sendrecv
            """.replace("\n", "\r\n");
    private static final String INVITE = """
            INVITE sip:expert-safety@192.0.2.4:5060;user=phone SIP/2.0
            Via: SIP/2.0/UDP 192.0.2.20:5060;branch=z9hG4bK74b21fca9038;rport
            Max-Forwards: 70
            From: "Agent Desk" <sip:desk@example.com>;tag=9fxced76sl
            To: "Expert" <sip:expert-safety@example.com>
            Call-ID: 3848276298220188511@desk.example.com
            CSeq: 2 INVITE
            Contact: <sip:desk@192.0.2.20:5060;transport=udp>
            Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO
            Supported: replaces, timer
            User-Agent: Desk/%s
            Content-Type: application/sdp
            Content-Length: %d

            """.replace("\n", "\r\n");

    private SipSamples() {}

    /** An INVITE of 829 bytes. */
    public static byte[] invite() {
        int plain = (INVITE.formatted("", SDP.length()) + SDP).length();
        return (INVITE.formatted("1".repeat(829 - plain), SDP.length()) + SDP).getBytes(ISO_8859_1);
    }
}
