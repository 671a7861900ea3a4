package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.call.Leg;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.Baresip;
import org.infrafabric.testkit.Peer;
import org.infrafabric.testkit.Ports;
import org.infrafabric.testkit.Requires;
import org.infrafabric.testkit.Sipp;
import org.infrafabric.testkit.SippScenario;
import org.infrafabric.testkit.Tones;
import org.infrafabric.testkit.Tshark;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The turns that a call can take, with SIP that others wrote at the other end: challenges, redirection, reliable provisionals, hold, glare, forks. */
class RealTurnsTest extends RealAgent {
    private static final String REPLY = "[last_Via:]\n[last_From:]\n[last_To:];tag=[pid]T[call_number]\n[last_Call-ID:]\n[last_CSeq:]\n"
            + "Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>\n";
    private static final String IN_DIALOG = "[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\n"
            + "Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>\n";

    @BeforeEach
    void start() throws Exception { start(List.of()); }

    private void start(List<Caller> callers) throws Exception {
        SipAccess access = new SipAccess(List.of(new Credential("trunk", "bus", "secret")), uri -> uri.contains("other"), "ifbus.test",
                List.of(DigestAlgorithm.MD5), callers);
        start(EscalationHeaders.none(), access);
    }

    private static String ok(String head, String headers) {
        return "SIP/2.0 200 OK\n" + head + headers + "Content-Type: application/sdp\nContent-Length: [len]\n\n" + SippScenario.sdp();
    }

    private static String plain(String line, String head, String headers) {
        return "SIP/2.0 " + line + "\n" + head + headers + "Content-Length: 0\n\n";
    }

    /** Runs a callee of sipp's against one call of ours, which hangs up when it has been answered; nothing on the wire may be malformed. */
    private String calls(SippScenario scenario) throws Exception {
        Requires.programs("sipp");
        try (Sipp sipp = Sipp.callee(folder, scenario, 1)) {
            boolean capturing = Peer.installed("tshark") && Files.isReadable(Path.of("/proc/net/dev"));
            Tshark shark = capturing ? Tshark.capture(folder, "udp port " + sipp.port()) : null;
            Leg leg = dial(sipp.uri("expert"));
            Await.until("an answer", SOON, () -> List.copyOf(heard.words), words -> words.contains("answered") || !heard.ends.isEmpty());
            assertThat(heard.words).as("on the wire:\n" + sipp.messages()).contains("answered");
            run(() -> leg.hangUp("over"));
            assertThat(sipp.await(SOON)).as(sipp.messages()).isZero();
            if (shark != null) {
                shark.stop();
                assertThat(shark.malformed(List.of("udp.port==" + sipp.port() + ",sip"))).isEmpty();
            }
            return sipp.messages();
        }
    }

    @Test
    void shouldProveItselfToSippByMd5() throws Exception {
        String challenge = "WWW-Authenticate: Digest realm=\"trunk\", nonce=\"47364c23432d2e131a5fb210812c\", algorithm=MD5, qop=\"auth\"\n";
        SippScenario scenario = SippScenario.invited().say(plain("401 Unauthorized", REPLY, challenge))
                .then("<recv request=\"ACK\"/>")
                .then("<recv request=\"INVITE\"><action><verifyauth assign_to=\"valid\" username=\"bus\" password=\"secret\"/></action></recv>")
                .then("<nop hide=\"true\" test=\"valid\" next=\"good\"/>").say(plain("403 Forbidden", REPLY, "")).then("<recv request=\"ACK\"/>")
                .then("<label id=\"good\"/>").say(ok(REPLY, "")).then("<recv request=\"ACK\"/>").awaitBye();
        assertThat(calls(scenario)).contains("nc=00000001", "CSeq: 2 INVITE");
    }

    @Test
    void shouldProveItselfToKamailioBySha256() throws Exception {
        Requires.programs("kamailio");
        int port = Ports.free(2);
        Files.createDirectories(folder.resolve("kamailio"));
        Path config = folder.resolve("kamailio.cfg");
        Files.writeString(config, """
                debug=2
                log_stderror=yes
                fork=no
                children=1
                listen=udp:127.0.0.1:PORT
                loadmodule "sl.so"
                loadmodule "pv.so"
                loadmodule "auth.so"
                loadmodule "textops.so"
                modparam("auth", "algorithm", "SHA-256")
                modparam("auth", "qop", "auth")
                request_route {
                  if (is_method("ACK")) exit;
                  if (!pv_www_authenticate("trunk", "secret", "0")) { www_challenge("trunk", "1"); exit; }
                  sl_send_reply("404", "Known and not here");
                }
                """.replace("PORT", Integer.toString(port)));
        Process kamailio = Peer.start(folder, folder.resolve("kamailio.out"), "kamailio", "-DD", "-E", "-Y", folder.resolve("kamailio").toString(),
                "-m", "16",
                "-M", "4", "-f", config.toString());
        try {
            Await.that("kamailio to listen", SOON, () -> {
                if (!kamailio.isAlive()) throw new AssertionError(Files.readString(folder.resolve("kamailio.out")));
                return Files.readString(Path.of("/proc/net/udp")).toUpperCase(java.util.Locale.ROOT).contains("0100007F:%04X".formatted(port));
            });
            dial("sip:expert@127.0.0.1:" + port);
            Await.that("an answer", SOON, () -> !heard.ends.isEmpty());
            assertThat(heard.ends.getFirst().status()).as(Files.readString(folder.resolve("kamailio.out"))).isEqualTo(404);
            assertThat(heard.ends.getFirst().phrase()).isEqualTo("Known and not here");
        } finally {
            kamailio.destroy();
            if (!kamailio.waitFor(5, SECONDS)) kamailio.destroyForcibly();
        }
    }

    @Test
    void shouldFollowSippsRedirectionToAnotherSipp() throws Exception {
        Requires.programs("sipp");
        try (Sipp other = Sipp.callee(folder.resolve("other"), SippScenario.invited().ring().answer().awaitBye(), 1);
                Sipp first = Sipp.callee(folder,
                        SippScenario.invited().say(plain("302 Moved Temporarily", REPLY.replaceFirst("Contact: .*\n", ""),
                                "Contact: <" + other.uri("other") + ">\n")).then("<recv request=\"ACK\"/>"),
                        1)) {
            Leg leg = dial(first.uri("expert"));
            Await.that("the other to answer", SOON, () -> heard.words.contains("answered"));
            run(() -> leg.hangUp("over"));
            assertThat(first.await(SOON)).isZero();
            assertThat(other.await(SOON)).isZero();
        }
    }

    @Test
    void shouldAcknowledgeSippsReliableProvisional() throws Exception {
        String kept = "Via:[$via]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\nCSeq: 1 INVITE\nContact: <sip:sipp@[local_ip]:[local_port]>\n";
        SippScenario scenario = SippScenario
                .called("<recv request=\"INVITE\"><action><ereg regexp=\".*\" search_in=\"hdr\" header=\"Via:\" assign_to=\"via\"/></action></recv>")
                .say("SIP/2.0 183 Session Progress\n" + REPLY + "Require: 100rel\nRSeq: 77\nContent-Type: application/sdp\nContent-Length: [len]\n\n"
                        + SippScenario.sdp())
                .then("<recv request=\"PRACK\"><action><ereg regexp=\"77 1 INVITE\" search_in=\"hdr\" header=\"RAck:\" check_it=\"true\" assign_to=\"rack\"/>"
                        + "</action></recv><Reference variables=\"rack\"/>")
                .say(plain("200 OK", IN_DIALOG, "")).say(plain("200 OK", kept, "")).then("<recv request=\"ACK\"/>").awaitBye();
        assertThat(calls(scenario)).contains("RAck: 77 1 INVITE");
        assertThat(audio.connected).as("the answer stood in the 183").hasSize(1);
    }

    @Test
    void shouldAskSippForALongerSession() throws Exception {
        SippScenario scenario = SippScenario.invited().say(plain("422 Session Interval Too Small", REPLY, "Min-SE: 2400\n"))
                .then("<recv request=\"ACK\"/>")
                .then("<recv request=\"INVITE\"><action><ereg regexp=\"2400\" search_in=\"hdr\" header=\"Session-Expires:\" check_it=\"true\" "
                        + "assign_to=\"se\"/></action></recv><Reference variables=\"se\"/>")
                .say(ok(REPLY, "Require: timer\nSession-Expires: 2400;refresher=uac\n")).then("<recv request=\"ACK\"/>").awaitBye();
        assertThat(calls(scenario)).contains("Min-SE: 2400");
    }

    @Test
    void shouldHoldSippAlthoughTheyGlareAtFirst() throws Exception {
        Requires.programs("sipp");
        SippScenario scenario = SippScenario.invited().ring().answer()
                .then("<recv request=\"INVITE\"/>").say(plain("491 Request Pending", IN_DIALOG, "")).then("<recv request=\"ACK\"/>")
                .then("<recv request=\"INVITE\"/>").say(ok(IN_DIALOG, "")).then("<recv request=\"ACK\"/>").awaitBye();
        try (Sipp sipp = Sipp.callee(folder, scenario, 1)) {
            Leg leg = dial(sipp.uri("expert"));
            awaitWords("ringing 180", "answered");
            run(leg::hold);
            Await.until("the second offer to be agreed to", SOON, () -> audio.connected, all -> all.size() == 2);
            run(() -> leg.hangUp("over"));
            assertThat(sipp.await(SOON)).as(sipp.messages()).isZero();
            assertThat(sipp.messages()).contains("a=sendonly");
        }
    }

    @Test
    void shouldRingReliablyForSipp() throws Exception {
        Requires.programs("sipp");
        String first = """
                INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
                Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
                From: <sip:sage@127.0.0.1>;tag=[pid]T[call_number]
                To: <sip:[service]@[remote_ip]:[remote_port]>
                Call-ID: [call_id]
                CSeq: NUMBER INVITE
                Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>
                Max-Forwards: 70
                Require: 100rel
                EXTRAContent-Type: application/sdp
                Content-Length: [len]

                """ + SippScenario.sdp();
        String later = """
                METHOD sip:[service]@[remote_ip]:[remote_port] SIP/2.0
                Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
                From: <sip:sage@127.0.0.1>;tag=[pid]T[call_number]
                To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
                Call-ID: [call_id]
                CSeq: NUMBER METHOD
                Max-Forwards: 70
                EXTRAContent-Length: 0

                """;
        SippScenario scenario = SippScenario.saying(first.replace("NUMBER", "2").replace("EXTRA", ""))
                .then("<recv response=\"100\" optional=\"true\"/><recv response=\"180\"><action><ereg regexp=\"[0-9]+\" search_in=\"hdr\" header=\"RSeq:\" "
                        + "check_it=\"true\" assign_to=\"rseq\"/></action></recv>")
                .say(later.replace("METHOD", "PRACK").replace("NUMBER", "3").replace("EXTRA", "RAck: [$rseq] 2 INVITE\n"))
                .then("<recv response=\"200\"/><recv response=\"200\"/>")
                .say(later.replace("METHOD", "ACK").replace("NUMBER", "2").replace("EXTRA", "")).pause(100)
                .say(later.replace("METHOD", "BYE").replace("NUMBER", "4").replace("EXTRA", "")).then("<recv response=\"200\"/>");
        try (Sipp sipp = Sipp.caller(folder, scenario, remote(), "bus", 1)) {
            IncomingCall call = incoming.poll(15, SECONDS);
            assertThat(call).as(sipp.messages()).isNotNull();
            run(call::ring);
            Await.that("the PRACK", SOON, () -> sipp.messages().contains("PRACK sip:"));
            Await.that("our answer to it", SOON, () -> sipp.messages().contains("SIP/2.0 200"));
            on(() -> call.answer(audio, heard));
            awaitWords("answered", "ended well by peer");
            assertThat(sipp.await(SOON)).as(sipp.messages()).isZero();
        }
    }

    @Test
    void shouldAcknowledgeBothOfTwoForksAndHangUpOnOne() throws Exception {
        try (DatagramSocket proxy = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            proxy.setSoTimeout(5_000);
            Leg leg = dial("sip:expert@127.0.0.1:" + proxy.getLocalPort());
            DatagramPacket first = receive(proxy);
            SipMessage invite = SipParser.parse(bytes(first));
            for (String tag : List.of("one", "two")) {
                String contact = "Contact: <sip:" + tag + "@127.0.0.1:" + proxy.getLocalPort() + ">\r\n";
                answer(proxy, first, invite, "SIP/2.0 180 Ringing", tag, contact, "");
                answer(proxy, first, invite, "SIP/2.0 200 OK", tag, contact, Bench.OFFER);
            }
            List<String> said = new ArrayList<>();
            while (said.size() < 3) {
                DatagramPacket packet = receive(proxy);
                SipMessage request = SipParser.parse(bytes(packet));
                said.add(request.method() + " " + request.toTag());
                if (request.method().equals("BYE")) answer(proxy, packet, request, "SIP/2.0 200 OK", "", "", "");
            }
            assertThat(said).containsExactly("ACK one", "ACK two", "BYE two");
            assertThat(heard.words).containsExactly("ringing 180", "answered");
            run(() -> leg.hangUp("over"));
            assertThat(SipParser.parse(bytes(receive(proxy))).toTag()).isEqualTo("one");
        }
    }

    @Test
    void shouldLetBaresipInWithItsPasswordAndNobodyWithAnother() throws Exception {
        Requires.programs("baresip");
        end();
        int port = Ports.free(4);
        start(List.of(new Caller("sip:sage@127.0.0.1:" + port, "sage", "sesame")));
        Path voice = Tones.write(folder.resolve("tone.wav"), 440, 5);
        try (Baresip phone = Baresip.knowing(folder.resolve("stranger"), "sage", "guess", voice, port)) {
            phone.dial("sip:bus@" + remote());
            Await.that("baresip to be told", SOON, () -> phone.output().contains("401") || phone.output().contains("closed"));
            assertThat(incoming).isEmpty();
        }
        try (Baresip phone = Baresip.knowing(folder.resolve("phone"), "sage", "sesame", voice, port)) {
            phone.dial("sip:bus@" + remote());
            IncomingCall call = incoming.poll(15, SECONDS);
            assertThat(call).as(phone.output()).isNotNull();
            assertThat(call.authenticated()).isTrue();
            on(() -> call.answer(audio, heard));
            Await.that("the ACK", SOON, () -> heard.words.contains("answered"));
        }
    }

    @Test
    void shouldHoldBaresipAndBeHeldByIt() throws Exception {
        Requires.programs("baresip");
        try (Baresip phone = Baresip.answering(folder.resolve("phone"), "sage", Tones.write(folder.resolve("tone.wav"), 440, 5))) {
            Leg leg = dial(phone.uri("sage"));
            Await.that("baresip to answer", SOON, () -> heard.words.contains("answered"));
            run(leg::hold);
            Await.until("hold to be agreed to", SOON, () -> audio.connected, all -> all.size() == 2);
            run(leg::resume);
            Await.until("and resumed", SOON, () -> audio.connected, all -> all.size() == 3);
            phone.hold();
            Await.until("baresip's own hold", SOON, () -> audio.connected, all -> !all.getLast().sending());
            phone.resume();
            Await.until("and its end", SOON, () -> audio.connected, all -> all.getLast().sending());
            run(() -> leg.hangUp("over"));
            Await.that("baresip to see the end", SOON, () -> phone.output().contains("session closed") || phone.output().contains("terminated"));
            Await.that("the end", SOON, () -> heard.words.getLast().equals("ended well by us"));
        }
    }

    private static DatagramPacket receive(DatagramSocket socket) throws Exception {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        try {
            socket.receive(packet);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("nothing came", e);
        }
        return packet;
    }

    private static byte[] bytes(DatagramPacket packet) { return java.util.Arrays.copyOf(packet.getData(), packet.getLength()); }

    private static void answer(DatagramSocket socket, DatagramPacket to, SipMessage request, String line, String tag, String extra, String body)
            throws Exception {
        String text = line + "\r\nVia: " + request.text(HeaderName.VIA) + "\r\nFrom: " + request.text(HeaderName.FROM) + "\r\nTo: "
                + request.text(HeaderName.TO) + (tag.isEmpty() ? "" : ";tag=" + tag) + "\r\nCall-ID: " + request.text(HeaderName.CALL_ID)
                + "\r\nCSeq: "
                + request.text(HeaderName.CSEQ) + "\r\n" + extra + (body.isEmpty() ? "" : "Content-Type: application/sdp\r\n") + "Content-Length: "
                + body.length() + "\r\n\r\n" + body;
        byte[] bytes = text.getBytes(ISO_8859_1);
        socket.send(new DatagramPacket(bytes, bytes.length, to.getSocketAddress()));
    }
}
