package org.infrafabric.sip;

import org.infrafabric.testkit.SippScenario;

/** Steps of sipp scenarios that the tests of its odd behaviour share. Nothing here is repeated by sipp: each step is one message. */
final class SippLines {
    /** An answer to whatever came last, out of any dialog. */
    private static final String FIRST = "[last_Via:]\n[last_From:]\n[last_To:];tag=[pid]T[call_number]\n[last_Call-ID:]\n";
    private static final String CONTACT = "Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>\n";
    private static final String SDP = "Content-Type: application/sdp\nContent-Length: [len]\n\n" + SippScenario.sdp();
    private static final String NO_BODY = "Content-Length: 0\n\n";
    private static final String TO_PEER = "From: <sip:sage@127.0.0.1>;tag=[pid]T[call_number]\n";

    private SippLines() {}

    /** Sends a message that is lost on the way. */
    static String lost(String message) { return sent(message, " lost=\"100\""); }

    static String sent(String message) { return sent(message, ""); }

    /** Sends a message, and again until its answer is there. */
    static String repeated(String message) { return sent(message, " retrans=\"500\""); }

    private static String sent(String message, String attributes) {
        return "<send" + attributes + "><![CDATA[\n\n" + message.stripTrailing() + "\n\n]]></send>\n";
    }

    static String request(String method) { return "<recv request=\"" + method + "\"/>\n"; }

    static String response(int status) { return "<recv response=\"" + status + "\"/>\n"; }

    static String perhaps(int status) { return "<recv response=\"" + status + "\" optional=\"true\"/>\n"; }

    static String pause(int millis) { return "<pause milliseconds=\"" + millis + "\"/>\n"; }

    // --- as a callee -------------------------------------------------------------------------------------------------------------------

    /** Takes the INVITE, and keeps what later requests and answers to it need. */
    static final String INVITED = """
            <recv request="INVITE" rrs="true"><action>
            <ereg regexp=".*" search_in="hdr" header="Via:" assign_to="via"/>
            <ereg regexp=".*" search_in="hdr" header="From:" assign_to="caller"/>
            <ereg regexp=".*" search_in="hdr" header="To:" assign_to="callee"/>
            </action></recv>
            <Reference variables="via,caller,callee"/>
            """;

    /** An answer to the INVITE, whatever has come since. */
    static String answer(String line, String headers, boolean description) {
        return "SIP/2.0 " + line + "\nVia:[$via]\nFrom:[$caller]\nTo:[$callee];tag=[pid]T[call_number]\n[last_Call-ID:]\nCSeq: 1 INVITE\n" + CONTACT
                + headers + (description ? SDP : NO_BODY);
    }

    static String ringing() { return answer("180 Ringing", "", false); }

    static String ok() { return answer("200 OK", "", true); }

    /** Confirms whatever request came last within the call. */
    static String confirm(String headers, boolean description) {
        return "SIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\n" + CONTACT + headers
                + (description ? SDP : NO_BODY);
    }

    static String confirm() { return confirm("", false); }

    /** Answers a CANCEL. */
    static String confirmCancel() { return "SIP/2.0 200 OK\n" + FIRST + "[last_CSeq:]\n" + NO_BODY; }

    /** A request of the callee's own. {@code branch}: the same again makes it a repetition. */
    static String back(String method, int number, String branch, boolean description) {
        return method + " [next_url] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK" + branch
                + "-[call_number]-[pid]\nFrom:[$callee];tag=[pid]T[call_number]\nTo:[$caller]\n[last_Call-ID:]\nCSeq: " + number + " " + method + "\n"
                + CONTACT + "Max-Forwards: 70\n" + (description ? SDP : NO_BODY);
    }

    // --- as a caller -------------------------------------------------------------------------------------------------------------------

    /** A request of the caller's. {@code branch} as in {@link #back}; {@code tagged}: within the dialog. */
    static String call(String method, int number, String branch, boolean tagged, String headers, boolean description) {
        return method + " sip:[service]@[remote_ip]:[remote_port] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK" + branch
                + "-[call_number]-[pid]\n" + TO_PEER + "To: <sip:[service]@[remote_ip]:[remote_port]>" + (tagged ? ";tag=[$tag]" : "")
                + "\nCall-ID: [call_id]\nCSeq: " + number + " " + method + "\n" + CONTACT + "Max-Forwards: 70\n" + headers
                + (description ? SDP : NO_BODY);
    }

    static String invite(String headers) { return call("INVITE", 1, "first", false, headers, true); }

    static String ack(int number, String branch) { return call("ACK", number, branch, true, "", false); }

    /** Takes an answer and keeps its tag. */
    static String tagged(int status) {
        return "<recv response=\"" + status + "\"><action><ereg regexp=\"tag=([^;]*)\" search_in=\"hdr\" header=\"To:\" check_it=\"true\" "
                + "assign_to=\"whole,tag\"/></action></recv>\n<Reference variables=\"whole,tag\"/>\n";
    }
}
