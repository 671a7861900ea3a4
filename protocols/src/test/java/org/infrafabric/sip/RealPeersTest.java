package org.infrafabric.sip;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.call.Leg;
import org.infrafabric.call.Provenance;
import org.infrafabric.message.SigningKey;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.Baresip;
import org.infrafabric.testkit.Peer;
import org.infrafabric.testkit.Requires;
import org.infrafabric.testkit.Sipp;
import org.infrafabric.testkit.SippScenario;
import org.infrafabric.testkit.Tones;
import org.infrafabric.testkit.Tshark;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our user agent against SIP that others wrote: sipp and baresip, with tshark as the judge of what we send. */
class RealPeersTest extends RealAgent {
    private static final Provenance CASE = new Provenance("0af7651916cd43dd8448eb211c80319c", List.of("legal"), "17".repeat(32));

    private final SigningKey key = SigningKey.generate();

    @BeforeEach
    void start() throws Exception {
        EscalationHeaders headers = EscalationHeaders.signing(key, id -> id.equals(key.keyId()) ? Optional.of(key.verifyKey()) : Optional.empty());
        about = Optional.of(CASE);
        start(headers, SipAccess.NONE);
    }

    @Test
    void shouldCallSippAndHangUpWithNothingMalformedOnTheWire() throws Exception {
        Requires.programs("sipp");
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
        Requires.programs("sipp");
        try (Sipp sipp = Sipp.callee(folder, SippScenario.invited().ring().answer().pause(200).bye(), 1)) {
            dial(sipp.uri("expert"));
            awaitWords("ringing 180", "answered", "ended well by peer");
            assertThat(sipp.await(SOON)).isZero();
        }
    }

    @Test
    void shouldCancelAtSipp() throws Exception {
        Requires.programs("sipp");
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
        Requires.programs("sipp");
        try (Sipp busy = Sipp.callee(folder, SippScenario.invited().refuse(486, "Busy Here"), 1)) {
            dial(busy.uri("expert"));
            awaitWords("ended busy by peer");
            assertThat(busy.await(SOON)).isZero();
        }
    }

    @Test
    void shouldRepeatItsInviteToASippThatAnswersLate() throws Exception {
        Requires.programs("sipp");
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
        Requires.programs("sipp");
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
        Requires.programs("sipp");
        String forged = "X-IF-Trace-ID: " + CASE.traceId() + "\n";
        try (Sipp sipp = Sipp.caller(folder, SippScenario.invite(forged).expect(403).ackRefusal(), remote(), "bus", 1)) {
            assertThat(sipp.await(SOON)).isZero();
            assertThat(sipp.messages()).contains("Reason: SIP;cause=403;text=\"missing-header\"");
            assertThat(incoming).isEmpty();
        }
    }

    @Test
    void shouldRefuseSippWithBusy() throws Exception {
        Requires.programs("sipp");
        try (Sipp sipp = Sipp.caller(folder, SippScenario.invite("").expect(486).ackRefusal(), remote(), "bus", 1)) {
            IncomingCall call = incoming.poll(8, SECONDS);
            run(() -> call.refuse(CallFailure.BUSY));
            assertThat(sipp.await(SOON)).isZero();
        }
    }

    @Test
    void shouldCallBaresipAndHangUp() throws Exception {
        Requires.programs("baresip");
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
        Requires.programs("baresip");
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

    private Path silence() throws Exception { return Tones.write(folder.resolve("tone.wav"), 440, 5); }
}
