package org.infrafabric.testkit;

import java.nio.file.Path;

/** A sipp scenario, put together step by step. As a callee it begins with {@link #invited()}, as a caller with {@link #invite(String)}. */
public final class SippScenario {
    private static final Path SOUNDS = Path.of("/usr/share/sip-tester");
    private static final String SDP = """
            v=0
            o=sipp 1 1 IN IP4 127.0.0.1
            s=-
            c=IN IP4 [media_ip]
            t=0 0
            m=audio [media_port] RTP/AVP 8 101
            a=rtpmap:8 PCMA/8000
            a=rtpmap:101 telephone-event/8000
            a=fmtp:101 0-16
            """;

    private final StringBuilder steps = new StringBuilder();

    private SippScenario() {}

    public static SippScenario invited() {
        SippScenario scenario = new SippScenario();
        return scenario.step("""
                <recv request="INVITE" rrs="true"><action>
                <ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/>
                <ereg regexp=".*" search_in="hdr" header="To:" assign_to="callee"/>
                </action></recv>
                <Reference variables="caller,callee"/>""");
    }

    /** A caller; {@code extraHeaders} stand below the usual ones, each line ended with LF. */
    public static SippScenario invite(String extraHeaders) {
        return new SippScenario().send(request("INVITE") + extraHeaders + "Content-Type: application/sdp\nContent-Length: [len]\n\n" + SDP, true);
    }

    /** A caller that offers nothing, so that a test knows every byte which a signature covers: the body is empty. */
    public static SippScenario inviteWithoutBody(String extraHeaders) {
        return new SippScenario().send(request("INVITE") + extraHeaders + "Content-Length: 0\n\n", true);
    }

    /** Asks what the other side can do. */
    public static SippScenario options() {
        return new SippScenario().send(request("OPTIONS") + "Content-Length: 0\n\n", true);
    }

    /** The beginning of a request that stands outside any dialog. */
    private static String request(String method) {
        return """
                %1$s sip:[service]@[remote_ip]:[remote_port] SIP/2.0
                Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
                From: <sip:sipp@[local_ip]:[local_port]>;tag=[pid]T[call_number]
                To: <sip:[service]@[remote_ip]:[remote_port]>
                Call-ID: [call_id]
                CSeq: 1 %1$s
                Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>
                Max-Forwards: 70
                """.formatted(method);
    }

    public SippScenario ring() { return respond(180, "Ringing", ""); }

    public SippScenario answer() { return respond(200, "OK", SDP).awaitAck(); }

    /** Answers and holds the caller at once: no sound goes either way (RFC 3264 §8.4). */
    public SippScenario answerHeld() {
        return respond(200, "OK", SDP + "a=inactive\n").awaitAck();
    }

    /** Refuses the INVITE and takes the ACK. */
    public SippScenario refuse(int status, String phrase) {
        return respond(status, phrase, "").awaitAck();
    }

    /** A busy caller's repeated INVITE may cross the final answer (RFC 3261 §17.1.1.2); sipp knows it again only while it has said one thing to it. */
    private SippScenario awaitAck() {
        return step("<recv request=\"INVITE\" optional=\"true\"/><recv request=\"ACK\"/>");
    }

    /** Eight seconds of speech (payload type 8), sent while the scenario goes on. */
    public SippScenario speak() {
        return play(SOUNDS.resolve("g711a.pcap"));
    }

    /** A real telephone-event; {@code digit}: 0-9, * or #. */
    public SippScenario press(char digit) {
        String name = digit == '*' ? "star" : digit == '#' ? "pound" : String.valueOf(digit);
        return play(SOUNDS.resolve("dtmf_2833_" + name + ".pcap"));
    }

    /** Sends a capture's packets while the scenario goes on: see {@link RtpPcap}. */
    public SippScenario play(Path pcap) {
        return step("<nop><action><exec play_pcap_audio=\"" + pcap + "\"/></action></nop>");
    }

    public SippScenario pause(int millis) { return step("<pause milliseconds=\"" + millis + "\"/>"); }

    /** Waits for BYE and answers it. */
    public SippScenario awaitBye() {
        return step("<recv request=\"BYE\"/>").respond(200, "OK", "", "[last_To:]");
    }

    /** Waits for CANCEL, answers it and ends the INVITE with 487. */
    public SippScenario awaitCancel() {
        return step("<recv request=\"CANCEL\"/>").respond(200, "OK", "").send("""
                SIP/2.0 487 Request Terminated
                [last_Via:]
                [last_From:]
                [last_To:];tag=[pid]T[call_number]
                [last_Call-ID:]
                CSeq: 1 INVITE
                Content-Length: 0

                """, true).step("<recv request=\"ACK\"/>");
    }

    /** Hangs up, as a callee. */
    public SippScenario bye() {
        return send("""
                BYE [next_url] SIP/2.0
                Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
                [routes]
                From:[$callee];tag=[pid]T[call_number]
                To:[$caller]
                [last_Call-ID:]
                CSeq: 2 BYE
                Max-Forwards: 70
                Content-Length: 0

                """, true).step("<recv response=\"200\"/>");
    }

    /** Waits for a response; a provisional may come before it. */
    public SippScenario expect(int status) {
        return step("<recv response=\"100\" optional=\"true\"/><recv response=\"180\" optional=\"true\"/><recv response=\"" + status + "\"/>");
    }

    /** Acknowledges the 200 that {@link #expect} took. */
    public SippScenario ack() { return request("ACK", 1, "[branch]"); }

    /** Acknowledges the refusal that {@link #expect} took: with the INVITE's branch, four messages above (RFC 3261 §17.1.1.3). */
    public SippScenario ackRefusal() {
        return request("ACK", 1, "[branch-4]");
    }

    /** Hangs up, as a caller. */
    public SippScenario hangUp() { return request("BYE", 2, "[branch]").step("<recv response=\"200\"/>"); }

    private SippScenario request(String method, int number, String branch) {
        return send(method + """
                 sip:[service]@[remote_ip]:[remote_port] SIP/2.0
                Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=BRANCH
                From: <sip:sipp@[local_ip]:[local_port]>;tag=[pid]T[call_number]
                To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
                Call-ID: [call_id]
                CSeq: NUMBER METHOD
                Max-Forwards: 70
                Content-Length: 0

                """.replace("BRANCH", branch).replace("NUMBER", Integer.toString(number)).replace("METHOD", method), !method.equals("ACK"));
    }

    /** With a tag of our own: the request had none. */
    private SippScenario respond(int status, String phrase, String sdp) {
        return respond(status, phrase, sdp, "[last_To:];tag=[pid]T[call_number]");
    }

    private SippScenario respond(int status, String phrase, String sdp, String to) {
        String type = sdp.isEmpty() ? "" : "Content-Type: application/sdp\n";
        return send("SIP/2.0 " + status + " " + phrase + "\n" + """
                [last_Via:]
                [last_Record-Route:]
                [last_From:]
                TO
                [last_Call-ID:]
                [last_CSeq:]
                Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>
                """.replace("TO", to) + type + "Content-Length: [len]\n\n" + sdp, false);
    }

    private SippScenario send(String message, boolean retransmitted) {
        return step("<send" + (retransmitted ? " retrans=\"500\"" : "") + "><![CDATA[\n\n" + message.stripTrailing() + "\n\n]]></send>");
    }

    /** A caller's first request with headers of its own, in sipp's own words: {@code first} is all of it, the lines ended with LF. */
    public static SippScenario saying(String first) {
        return new SippScenario().send(first, true);
    }

    /** A callee that begins with this step in sipp's own words. */
    public static SippScenario called(String xml) {
        return new SippScenario().step(xml);
    }

    /** A message in sipp's own words, sent once; lines ended with LF. */
    public SippScenario say(String message) { return send(message, false); }

    /** A step in sipp's own words, for what the methods here do not say. */
    public SippScenario then(String xml) { return step(xml); }

    /** The answer's session description, as all calls of sipp here have it. */
    public static String sdp() { return SDP; }

    private SippScenario step(String xml) {
        steps.append(xml).append('\n');
        return this;
    }

    String xml() {
        return "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<!DOCTYPE scenario SYSTEM \"sipp.dtd\">\n<scenario name=\"test\">\n" + steps
                + "</scenario>\n";
    }
}
