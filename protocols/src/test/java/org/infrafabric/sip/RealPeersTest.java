package org.infrafabric.sip;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.EventLoop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.CallOrder;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.call.Leg;
import org.infrafabric.call.Provenance;
import org.infrafabric.message.SigningKey;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.Baresip;
import org.infrafabric.testkit.Peer;
import org.infrafabric.testkit.Sipp;
import org.infrafabric.testkit.SippScenario;
import org.infrafabric.testkit.Tones;
import org.infrafabric.testkit.Tshark;
import org.infrafabric.time.LoopTimers;
import org.infrafabric.transport.EventLoops;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our user agent against SIP that others wrote: sipp and baresip, with tshark as the judge of what we send. */
class RealPeersTest {
    private static final Duration SOON = Duration.ofSeconds(8);
    private static final Provenance CASE = new Provenance("0af7651916cd43dd8448eb211c80319c", List.of("legal"), "17".repeat(32));

    private final EventLoops loops = EventLoops.open("sip-peers", 1);
    private final EventLoop loop = loops.next();
    private final LinkedBlockingQueue<IncomingCall> incoming = new LinkedBlockingQueue<>();
    private final TestAudio audio = new TestAudio(41_000);
    private final Heard heard = new Heard();
    private final SigningKey key = SigningKey.generate();
    private UserAgent agent;
    private List<Endpoint> endpoints;

    @TempDir Path folder;

    @BeforeEach
    void start() throws Exception {
        EscalationHeaders headers = EscalationHeaders.signing(key, id -> id.equals(key.keyId()) ? Optional.of(key.verifyKey()) : Optional.empty());
        agent = new UserAgent(
                new SipSettings(List.of(Endpoint.parse("udp:127.0.0.1:0"), Endpoint.parse("tcp:127.0.0.1:0")), "sip:bus@ifbus.test", "ifbus/test"),
                loop,
                new LoopTimers(loop), incoming::add, headers, SipJournal.NONE, SipCounters.NONE, HostResolver.system());
        endpoints = agent.start();
    }

    @AfterEach
    void stop() {
        agent.close();
        loops.close();
    }

    @Test
    void shouldCallSippAndHangUpWithNothingMalformedOnTheWire() throws Exception {
        need("sipp");
        try (Sipp sipp = Sipp.callee(folder, SippScenario.invited().ring().answer().awaitBye(), 1)) {
            boolean capturing = Peer.installed("tshark") && Files.isReadable(Path.of("/proc/net/dev"));
            Tshark shark = capturing ? Tshark.capture(folder, "udp port " + sipp.port()) : null;
            Leg leg = dial(sipp.uri("expert"));
            awaitWords("ringing 180", "answered");
            run(() -> leg.hangUp("over"));
            assertThat(sipp.await(SOON)).isZero();
            awaitWords("ringing 180", "answered", "ended well by us");
            assertThat(sipp.messages()).contains("X-IF-Trace-ID: " + CASE.traceId(), "X-IF-Signature: keyid=\"" + key.keyId() + "\"",
                    "Subject: A case");
            if (shark == null) return;
            List<String> decode = List.of("udp.port==" + sipp.port() + ",sip");
            Await.until("the capture to have the whole call", SOON, () -> shark.packets("sip", decode), packets -> packets.size() >= 6);
            shark.stop();
            assertThat(shark.malformed(decode)).isEmpty();
        }
    }

    @Test
    void shouldHearSippHangUpFirst() throws Exception {
        need("sipp");
        try (Sipp sipp = Sipp.callee(folder, SippScenario.invited().ring().answer().pause(200).bye(), 1)) {
            dial(sipp.uri("expert"));
            awaitWords("ringing 180", "answered", "ended well by peer");
            assertThat(sipp.await(SOON)).isZero();
        }
    }

    @Test
    void shouldCancelAtSipp() throws Exception {
        need("sipp");
        try (Sipp sipp = Sipp.callee(folder, SippScenario.invited().ring().awaitCancel(), 1)) {
            Leg leg = dial(sipp.uri("expert"));
            awaitWords("ringing 180");
            run(() -> leg.hangUp("no longer needed"));
            assertThat(sipp.await(SOON)).isZero();
            awaitWords("ringing 180", "ended cancelled by us");
        }
    }

    @Test
    void shouldTellWhatSippRefusesWith() throws Exception {
        need("sipp");
        try (Sipp busy = Sipp.callee(folder, SippScenario.invited().refuse(486, "Busy Here"), 1)) {
            dial(busy.uri("expert"));
            awaitWords("ended busy by peer");
            assertThat(busy.await(SOON)).isZero();
        }
    }

    @Test
    void shouldRepeatItsInviteToASippThatAnswersLate() throws Exception {
        need("sipp");
        try (Sipp sipp = Sipp.callee(folder, SippScenario.invited().pause(1800).ring().answer().awaitBye(), 1)) {
            Leg leg = dial(sipp.uri("expert"));
            awaitWords("ringing 180", "answered");
            run(() -> leg.hangUp("over"));
            assertThat(sipp.await(SOON)).isZero();
            assertThat(sipp.messages().split("\nINVITE sip:", -1).length - 1).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void shouldTakeAnOrdinaryCallFromSipp() throws Exception {
        need("sipp");
        try (Sipp sipp = Sipp.caller(folder, SippScenario.invite("").expect(200).ack().pause(200).hangUp(), remote(), "bus", 1)) {
            IncomingCall call = incoming.poll(8, SECONDS);
            assertThat(call).isNotNull();
            on(() -> {
                call.ring();
                return call.answer(audio, heard);
            });
            awaitWords("answered", "ended well by peer");
            assertThat(sipp.await(SOON)).isZero();
            assertThat(call.provenance()).isEmpty();
        }
    }

    @Test
    void shouldForbidAForgedEscalationFromSipp() throws Exception {
        need("sipp");
        String forged = "X-IF-Trace-ID: " + CASE.traceId() + "\n";
        try (Sipp sipp = Sipp.caller(folder, SippScenario.invite(forged).expect(403).ackRefusal(), remote(), "bus", 1)) {
            assertThat(sipp.await(SOON)).isZero();
            assertThat(sipp.messages()).contains("Reason: SIP;cause=403;text=\"missing-header\"");
            assertThat(incoming).isEmpty();
        }
    }

    @Test
    void shouldRefuseSippWithBusy() throws Exception {
        need("sipp");
        try (Sipp sipp = Sipp.caller(folder, SippScenario.invite("").expect(486).ackRefusal(), remote(), "bus", 1)) {
            IncomingCall call = incoming.poll(8, SECONDS);
            run(() -> call.refuse(CallFailure.BUSY));
            assertThat(sipp.await(SOON)).isZero();
        }
    }

    @Test
    void shouldCallBaresipAndHangUp() throws Exception {
        need("baresip");
        try (Baresip phone = Baresip.answering(folder.resolve("phone"), "sage", silence())) {
            Leg leg = dial(phone.uri("sage"));
            Await.that("baresip to answer", SOON, () -> heard.words.contains("answered"));
            assertThat(audio.connected.getFirst().telephoneEventType()).isGreaterThanOrEqualTo(96);
            run(() -> leg.hangUp("over"));
            Await.that("baresip to see the end", SOON, () -> phone.output().contains("session closed") || phone.output().contains("terminated"));
        }
    }

    @Test
    void shouldTakeACallFromBaresipUntilItHangsUp() throws Exception {
        need("baresip");
        try (Baresip phone = Baresip.answering(folder.resolve("phone"), "sage", silence())) {
            phone.dial("sip:bus@" + remote());
            IncomingCall call = incoming.poll(8, SECONDS);
            assertThat(call).isNotNull();
            on(() -> {
                call.ring();
                return call.answer(audio, heard);
            });
            Await.that("the ACK", SOON, () -> heard.words.contains("answered"));
            phone.hangUp();
            awaitWords("answered", "ended well by peer");
        }
    }

    private Leg dial(String uri) throws Exception {
        return on(() -> {
            Leg leg = agent.prepare(new CallOrder(uri, "A case", Optional.of(CASE), audio), heard);
            leg.dial();
            return leg;
        });
    }

    private void awaitWords(String... words) throws Exception {
        Await.until("the leg to say " + List.of(words), SOON, () -> heard.words, said -> said.equals(List.of(words)));
    }

    private String remote() { return Addresses.text(endpoints.getFirst().address()); }

    private <T> T on(Callable<T> action) throws Exception { return loop.submit(action).get(5, SECONDS); }

    private void run(Runnable action) throws Exception { loop.submit(action).get(5, SECONDS); }

    private Path silence() throws Exception { return Tones.write(folder.resolve("tone.wav"), 440, 5); }

    private static void need(String program) {
        if ("true".equals(System.getenv("CI"))) assertThat(Peer.installed(program)).as(program + " installed").isTrue();
        else assumeTrue(Peer.installed(program), program + " is not installed");
    }
}
