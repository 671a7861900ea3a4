package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.infrafabric.call.CallOrder;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.call.Leg;
import org.infrafabric.time.HandTimers;

/** One core on a bench: time driven by hand, the wire a list, the peer whatever the test writes. */
final class Bench implements Network {
    static final Hop PEER = new Hop(Endpoint.Protocol.UDP, new InetSocketAddress("127.0.0.1", 5080), 0);
    static final String OFFER = "v=0\r\no=p 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 8 101\r\n"
            + "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n";

    final HandTimers time = new HandTimers(Instant.parse("2026-11-21T12:00:00Z"));
    final List<SipMessage> sent = new ArrayList<>();
    final List<Hop> hops = new ArrayList<>();
    final List<IncomingCall> incoming = new ArrayList<>();
    final List<SipJournal.Event> journal = new ArrayList<>();
    final List<String> overloads = new ArrayList<>();
    final TestAudio audio = new TestAudio(40_000);
    final Heard heard = new Heard();
    final Core core;
    IncomingCall.Receiver receiver = incoming::add;
    boolean tcp;
    final List<Hop> connects = new ArrayList<>();
    boolean refusesTcp;
    boolean dropsSyns;

    Bench() { this(EscalationHeaders.none()); }

    Bench(EscalationHeaders headers) { this(headers, SipAccess.NONE); }

    Bench(EscalationHeaders headers, SipAccess access) {
        this("ifbus.test", headers, access);
    }

    Bench(String domain, EscalationHeaders headers, SipAccess access) {
        SipSettings settings = new SipSettings(List.of(Endpoint.parse("udp:127.0.0.1:5060")), "sip:bus@" + domain, "ifbus/test", 3);
        core = new Core(settings, time, time, this, new Ids(new Random(1)), call -> receiver.onIncoming(call), headers, access, new Notes(),
                SipCounters.NONE, (host, found) -> {
                    found.accept(Optional.empty());
                });
    }

    private final class Notes implements SipJournal {
        @Override
        public void happened(Event event) { journal.add(event); }

        @Override
        public void overload(boolean began, String detail) { overloads.add(began + " " + detail); }
    }

    @Override
    public void send(Hop to, byte[] message, Runnable onFailure) {
        hops.add(to);
        if (to.reliable() && refusesTcp) time.execute(onFailure);
        try {
            sent.add(SipParser.parse(message));
        } catch (NotSip e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void connect(Hop to, Consumer<Boolean> then) {
        connects.add(to);
        if (!dropsSyns) time.execute(() -> then.accept(!refusesTcp));
    }

    @Override
    public Optional<InetSocketAddress> local(Endpoint.Protocol protocol, Optional<InetSocketAddress> remote) {
        return protocol == Endpoint.Protocol.UDP || tcp ? Optional.of(new InetSocketAddress("127.0.0.1", 5060)) : Optional.empty();
    }

    /** Dials the peer and gives the leg; the INVITE is the first message sent. */
    Leg dial() {
        Leg leg = core.prepare(new CallOrder("sip:expert@127.0.0.1:5080", "case", Optional.empty(), audio), heard);
        leg.dial();
        return leg;
    }

    void receive(String message) {
        core.onMessage(message.replace("\r\n", "\n").replace("\n", "\r\n").getBytes(ISO_8859_1), PEER);
        time.settle();
    }

    /** A response of the peer to a request of ours. */
    void respond(SipMessage request, int status, String tag, String body) {
        respond(request, status, tag, "<sip:expert@127.0.0.1:5080>", body);
    }

    void respond(SipMessage request, int status, String tag, String target, String body) {
        respondWith(request, status, tag, status >= 200 && status < 300 ? "Contact: " + target + "\n" : "", body);
    }

    /** The same with header lines of its own, each ended with LF. */
    void respondWith(SipMessage request, int status, String tag, String extra, String body) {
        String to = request.text(HeaderName.TO) + (request.text(HeaderName.TO).contains("tag=") || tag.isEmpty() ? "" : ";tag=" + tag);
        receive("SIP/2.0 " + status + " X\nVia: " + request.text(HeaderName.VIA) + "\nFrom: " + request.text(HeaderName.FROM) + "\nTo: " + to
                + "\nCall-ID: "
                + request.text(HeaderName.CALL_ID) + "\nCSeq: " + request.text(HeaderName.CSEQ) + "\n" + extra
                + (body.isEmpty() ? "" : "Content-Type: application/sdp\n") + "Content-Length: " + body.length() + "\n\n" + body);
    }

    /** A request of the peer's own making. */
    void request(String method, String branch, String callId, String toTag, int cseq, String extra, String body) {
        receive(text(method, branch, callId, toTag, cseq, extra, body));
    }

    static String text(String method, String branch, String callId, String toTag, int cseq, String extra, String body) {
        return method + " sip:bus@127.0.0.1:5060 SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bK" + branch
                + ";rport\nFrom: <sip:peer@127.0.0.1:5080>;tag=p\n"
                + "To: <sip:bus@ifbus.test>" + (toTag.isEmpty() ? "" : ";tag=" + toTag) + "\nCall-ID: " + callId + "\nCSeq: " + cseq + " " + method
                + "\nContact: <sip:peer@127.0.0.1:5080>\nMax-Forwards: 70\n" + extra + (body.isEmpty() ? "" : "Content-Type: application/sdp\n")
                + "Content-Length: "
                + body.length() + "\n\n" + body;
    }

    /** A call that came in, and was answered and confirmed; gives our tag. */
    String answered(Leg[] leg) {
        request("INVITE", "in", "in@peer", "", 1, "", OFFER);
        leg[0] = incoming.getLast().answer(audio, heard);
        String tag = NameAddr.parse(last().text(HeaderName.TO)).tag();
        request("ACK", "inack", "in@peer", tag, 1, "", "");
        return tag;
    }

    /** The last request of this method that we sent. */
    SipMessage latest(String method) {
        return sent.stream().filter(m -> m.isRequest() && m.method().equals(method)).toList().getLast();
    }

    /** A call that we made and that was answered; gives its INVITE. */
    SipMessage established(Leg[] leg, String extra) {
        leg[0] = dial();
        SipMessage invite = last();
        respondWith(invite, 200, "t", "Contact: <sip:expert@127.0.0.1:5080>\n" + extra, OFFER);
        return invite;
    }

    /** A request of the peer in a call that we made. */
    void requestBack(SipMessage invite, String method, int cseq, String extra, String body) {
        String text = text(method, "back" + cseq, invite.text(HeaderName.CALL_ID), invite.fromTag(), cseq, extra, body);
        receive(text.replace("<sip:peer@127.0.0.1:5080>;tag=p", invite.text(HeaderName.TO) + ";tag=t"));
    }

    SipMessage last() { return sent.getLast(); }

    SipMessage first(String method) { return sent.stream().filter(m -> m.isRequest() && m.method().equals(method)).findFirst().orElseThrow(); }

    long count(String method) { return sent.stream().filter(m -> m.isRequest() && m.method().equals(method)).count(); }

    void advance(long millis) { time.advance(Duration.ofMillis(millis)); }
}
