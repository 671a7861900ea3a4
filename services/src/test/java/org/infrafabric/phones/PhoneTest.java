package org.infrafabric.phones;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.CallOrder;
import org.infrafabric.call.Leg;
import org.infrafabric.call.LegEnd;
import org.infrafabric.call.Provenance;
import org.infrafabric.media.AudioPort;
import org.infrafabric.media.MediaEngine;
import org.infrafabric.media.Pcm;
import org.infrafabric.message.SigningKey;
import org.infrafabric.sip.Endpoint;
import org.infrafabric.sip.EscalationHeaders;
import org.infrafabric.sip.HostResolver;
import org.infrafabric.sip.SipCounters;
import org.infrafabric.sip.SipJournal;
import org.infrafabric.sip.SipSettings;
import org.infrafabric.sip.UserAgent;
import org.infrafabric.speech.Wav;
import org.infrafabric.time.LoopTimers;
import org.infrafabric.transport.EventLoops;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Phones that call each other over real sockets. */
@Timeout(30)
class PhoneTest {
    private final Phones phones = Phones.onLoopback();
    private final Desk alice = new Desk();
    private final Desk bob = new Desk();

    @TempDir Path folder;

    /** A phone and what happened at it. */
    private final class Desk implements Phone.Listener {
        final BlockingQueue<PhoneEvent> events = new LinkedBlockingQueue<>();
        Phone phone;

        Phone start(PhoneSettings settings, Script script) throws IOException {
            phone = phones.start(settings, script, this);
            return phone;
        }

        @Override
        public void happened(Phone at, PhoneEvent event) { events.add(event); }

        <T extends PhoneEvent> T next(Class<T> kind) throws InterruptedException {
            PhoneEvent event = events.poll(10, TimeUnit.SECONDS);
            assertThat(event).isInstanceOf(kind);
            return kind.cast(event);
        }

        /** Waits for one of this kind, whatever comes before it. */
        <T extends PhoneEvent> T until(Class<T> kind) throws InterruptedException {
            while (true) {
                PhoneEvent event = events.poll(10, TimeUnit.SECONDS);
                assertThat(event).as("waiting for %s", kind.getSimpleName()).isNotNull();
                if (kind.isInstance(event)) return kind.cast(event);
            }
        }
    }

    @AfterEach
    void close() {
        for (Desk desk : List.of(alice, bob))
            if (desk.phone != null) desk.phone.close();
        phones.close();
    }

    private void start(Script callee) throws IOException {
        alice.start(PhoneSettings.named("alice"), Script.answer(Duration.ZERO));
        bob.start(PhoneSettings.named("bob"), callee);
    }

    @Test
    void shouldCallTalkPressAndHangUp() throws Exception {
        Path kept = folder.resolve("bob.wav");
        alice.start(PhoneSettings.named("alice"),
                Script.answer(Duration.ZERO).repeat(Tone.of(1100)).pause(ofMillis(300)).press("5#").pause(ofMillis(700)).hangUp());
        bob.start(PhoneSettings.named("bob").keeping(kept), Script.answer(ofMillis(50)).repeat(Tone.of(700)));
        alice.phone.call(bob.phone.uri());

        assertThat(bob.next(PhoneEvent.Rings.class).from()).startsWith("sip:alice@127.0.0.1");
        assertThat(alice.next(PhoneEvent.FarRings.class).status()).isEqualTo(180);
        alice.next(PhoneEvent.Answered.class);
        bob.next(PhoneEvent.Answered.class);
        alice.until(PhoneEvent.FirstAudio.class);
        bob.until(PhoneEvent.FirstAudio.class);
        assertThat(bob.until(PhoneEvent.HeardDigit.class).digit()).isEqualTo('5');
        assertThat(bob.next(PhoneEvent.HeardDigit.class).digit()).isEqualTo('#');

        LegEnd there = bob.next(PhoneEvent.Ended.class).end();
        assertThat(there.failure()).isEmpty();
        assertThat(there.byPeer()).isTrue();
        assertThat(alice.until(PhoneEvent.Ended.class).end().byPeer()).isFalse();

        assertThat(decibelsAbove(alice.phone.heard().orElseThrow(), 700, 1100)).isGreaterThan(20);
        assertThat(bob.until(PhoneEvent.Kept.class).file()).isEqualTo(kept);
        Pcm heard = Wav.read(Files.readAllBytes(kept), 60);
        assertThat(decibelsAbove(heard, 1100, 700)).isGreaterThan(20);
    }

    @Test
    void shouldTellTheCallerHowItWasRefused() throws Exception {
        start(Script.busy());
        alice.phone.call(bob.phone.uri());
        LegEnd end = alice.until(PhoneEvent.Ended.class).end();
        assertThat(end.failure()).contains(CallFailure.BUSY);
        assertThat(end.status()).isEqualTo(486);

        bob.phone.follow(Script.decline(ofMillis(50)));
        alice.phone.call(bob.phone.uri());
        end = alice.until(PhoneEvent.Ended.class).end();
        assertThat(end.failure()).contains(CallFailure.DECLINED);
        assertThat(end.status()).isEqualTo(603);
        assertThat(bob.until(PhoneEvent.Refused.class).why()).isEqualTo(CallFailure.BUSY);
        assertThat(bob.until(PhoneEvent.Refused.class).why()).isEqualTo(CallFailure.DECLINED);
    }

    @Test
    void shouldRingUntilTheCallerGivesUp() throws Exception {
        start(Script.never());
        alice.phone.call(bob.phone.uri());
        alice.next(PhoneEvent.FarRings.class);
        alice.phone.hangUp();
        bob.until(PhoneEvent.GivenUp.class);
        assertThat(alice.next(PhoneEvent.Ended.class).end().failure()).contains(CallFailure.CANCELLED);
        bob.phone.follow(Script.answer(Duration.ZERO)); // and is free for the next call
        alice.phone.call(bob.phone.uri());
        bob.until(PhoneEvent.Answered.class);
    }

    @Test
    void shouldBeBusyWhileInACall() throws Exception {
        start(Script.answer(Duration.ZERO));
        Desk carol = new Desk();
        carol.start(PhoneSettings.named("carol"), Script.never());
        try {
            alice.phone.call(bob.phone.uri());
            bob.until(PhoneEvent.Answered.class);
            carol.phone.call(bob.phone.uri());
            assertThat(carol.until(PhoneEvent.Ended.class).end().failure()).contains(CallFailure.BUSY);
            alice.phone.call(carol.phone.uri());
            assertThat(alice.until(PhoneEvent.Trouble.class).what()).contains("in a call already");
        } finally {
            carol.phone.close();
        }
    }

    @Test
    void shouldDoAsAHandTellsIt() throws Exception {
        start(Script.never());
        alice.phone.call(bob.phone.uri());
        bob.until(PhoneEvent.Rings.class);
        bob.phone.answer();
        bob.until(PhoneEvent.Answered.class);
        alice.until(PhoneEvent.Answered.class);
        alice.phone.press('9');
        assertThat(bob.until(PhoneEvent.HeardDigit.class).digit()).isEqualTo('9');
        bob.phone.hangUp();
        assertThat(alice.until(PhoneEvent.Ended.class).end().byPeer()).isTrue();
    }

    @Test
    void shouldPressAfterTheOtherSideHasSpoken() throws Exception {
        start(Script.answer(Duration.ZERO).listen(ofMillis(300), ofSeconds(10)).press("1"));
        alice.phone.follow(Script.never().pause(ofMillis(200)).say(Tone.of(500)));
        long start = System.nanoTime();
        alice.phone.call(bob.phone.uri());
        assertThat(alice.until(PhoneEvent.HeardDigit.class).digit()).isEqualTo('1');
        assertThat(System.nanoTime() - start).isBetween(1_400_000_000L, 8_000_000_000L); // 0.2 s pause, 1 s tone, 0.3 s quiet; not the 10 s limit
    }

    @Test
    void shouldCallOverTcp() throws Exception {
        alice.start(PhoneSettings.named("alice").listening(Endpoint.parse("tcp:127.0.0.1:0")), Script.never());
        bob.start(PhoneSettings.named("bob").listening(Endpoint.parse("tcp:127.0.0.1:0")), Script.answer(Duration.ZERO));
        assertThat(bob.phone.uri()).endsWith(";transport=tcp");
        alice.phone.call(bob.phone.uri());
        bob.until(PhoneEvent.Answered.class);
        alice.phone.hangUp();
        assertThat(bob.until(PhoneEvent.Ended.class).end().byPeer()).isTrue();
    }

    @Test
    void shouldHangUpWhenClosed() throws Exception {
        start(Script.answer(Duration.ZERO));
        alice.phone.call(bob.phone.uri());
        bob.until(PhoneEvent.Answered.class);
        alice.until(PhoneEvent.Answered.class);
        alice.phone.close();
        assertThat(bob.until(PhoneEvent.Ended.class).end().byPeer()).isTrue();
    }

    @Test
    void shouldSayWhenItCannotCall() throws Exception {
        start(Script.busy());
        alice.phone.call("mailto:someone");
        assertThat(alice.until(PhoneEvent.Trouble.class).what()).contains("mailto:someone");
    }

    @Test
    void shouldShowThatACallIsTheBussAndRefuseOneThatIsNot() throws Exception {
        SigningKey bus = SigningKey.generate();
        bob.start(PhoneSettings.named("bob").trusting(bus.verifyKey()), Script.answer(Duration.ZERO));
        Provenance provenance = new Provenance("0123456789abcdef0123456789abcdef", List.of("safety", "legal"), "ab".repeat(32));

        callAs(bus, provenance);
        PhoneEvent.Rings rings = bob.until(PhoneEvent.Rings.class);
        assertThat(rings.provenance()).contains(provenance);
        assertThat(rings.words()).contains("signed by the bus", "hazard safety,legal");
        bob.until(PhoneEvent.Answered.class);
        bob.phone.hangUp();
        bob.until(PhoneEvent.Ended.class);

        assertThat(callAs(SigningKey.generate(), provenance).status()).isEqualTo(403);
        assertThat(bob.events).noneMatch(event -> event instanceof PhoneEvent.Rings);
    }

    /** Calls bob with signed headers, as the bus does, and waits for the end. */
    private LegEnd callAs(SigningKey key, Provenance provenance) throws Exception {
        BlockingQueue<LegEnd> ends = new LinkedBlockingQueue<>();
        EventLoops loops = EventLoops.open("bus", 1);
        try (loops; MediaEngine media = new MediaEngine(new MediaEngine.Settings(java.net.InetAddress.ofLiteral("127.0.0.1"), 16_384, 32_766, 1))) {
            var loop = loops.next();
            UserAgent agent = new UserAgent(new SipSettings(List.of(Endpoint.parse("udp:127.0.0.1:0")), "sip:bus@127.0.0.1", "test"), loop,
                    new LoopTimers(loop),
                    incoming -> incoming.refuse(CallFailure.BUSY), EscalationHeaders.signing(key, id -> Optional.empty()), SipJournal.NONE,
                    SipCounters.NONE, HostResolver.system());
            agent.start();
            AudioPort port = media.openBridge().openPort("bob", new AudioPort.Listener() {
                @Override
                public void onFirstPacket() {}

                @Override
                public void onDigit(char digit) {}
            }, loop);
            loop.execute(() -> agent.prepare(new CallOrder(bob.phone.uri(), "", Optional.of(provenance), port), new Leg.Listener() {
                @Override
                public void onRinging(Leg leg, int status) {}

                @Override
                public void onAnswered(Leg leg) { leg.hangUp("done"); }

                @Override
                public void onEnded(Leg leg, LegEnd end) { ends.add(end); }
            }).dial());
            LegEnd end = ends.poll(10, TimeUnit.SECONDS);
            agent.close();
            assertThat(end).isNotNull();
            return end;
        }
    }

    @Test
    void shouldRefuseSettingsThatCannotWork() {
        assertThatThrownBy(() -> PhoneSettings.named("a b")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("a b");
        assertThatThrownBy(() -> PhoneSettings.named("a").listening()).hasMessageContaining("address to listen on");
        assertThatThrownBy(() -> PhoneSettings.named("a").listening(Endpoint.parse("udp:0.0.0.0:0"))).hasMessageContaining("others can call");
        assertThatThrownBy(() -> Tone.of(9000)).hasMessageContaining("9000");
    }

    private static double decibelsAbove(Pcm heard, int wanted, int unwanted) {
        return 20 * Math.log10(amplitude(heard, wanted) / Math.max(0.01, amplitude(heard, unwanted)));
    }

    private static double amplitude(Pcm sound, int hertz) {
        short[] s = sound.samples();
        double re = 0;
        double im = 0;
        for (int i = 0; i < s.length; i++) {
            double window = 1 - Math.cos(2 * Math.PI * i / s.length);
            re += window * s[i] * Math.cos(2 * Math.PI * hertz * i / sound.rate());
            im += window * s[i] * Math.sin(2 * Math.PI * hertz * i / sound.rate());
        }
        return Math.hypot(re, im) / s.length;
    }
}
