package org.infrafabric.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.testkit.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bridges over real sockets on the loopback. */
class BridgeTest {
    private final MediaEngine engine = new MediaEngine(new MediaEngine.Settings(InetAddress.getLoopbackAddress(), 17_000, 17_199, 1));
    private final AudioBridge bridge = engine.openBridge();
    private final ExecutorService owner = Executors.newSingleThreadExecutor();

    @AfterEach
    void stop() {
        engine.close();
        owner.shutdown();
    }

    @Test
    void shouldLetEachHearTheOthersButNotItself() throws Exception {
        double[] tones = {440, 1_000, 1_600};
        AudioPort[] ports = new AudioPort[3];
        TestPhone[] phones = new TestPhone[3];
        for (int i = 0; i < 3; i++) {
            ports[i] = bridge.openPort("p" + i, new Overheard(), owner);
            phones[i] = new TestPhone(ports[i], i == 1 ? Encoding.PCMA : Encoding.PCMU, tones[i], 100 + i);
            ports[i].join();
        }
        until(() -> phones[0].packets().size() > 75 && phones[1].packets().size() > 75 && phones[2].packets().size() > 75);
        assertThat(engine.counters().participants()).isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            short[] heard = Sines.tail(phones[i].heard(), 4_000);
            double own = Sines.level(heard, tones[i]);
            for (int other = 0; other < 3; other++)
                if (other != i) assertThat(Sines.level(heard, tones[other])).as("%s hears %s", i, other).isGreaterThan(own + 20).isGreaterThan(-20);
        }
        assertThat(engine.counters().packetsReceived()).isGreaterThan(200);
        assertThat(ports[0].stats().lost()).isZero();
    }

    @Test
    void shouldTellDigitsOnceEachEvenWhenOnlyTheirEndsArrive() throws Exception {
        Overheard news = new Overheard();
        try (TestPhone phone = new TestPhone(bridge.openPort("expert", news, owner), Encoding.PCMU, 440, 7)) {
            assertThat(news.next()).isEqualTo("first");
            phone.press(1, false);
            phone.press(1, true);
            phone.press(10, false);
            assertThat(List.of(news.next(), news.next(), news.next())).containsExactly("digit 1", "digit 1", "digit *");
            phone.press(2, false);
            assertThat(news.next()).as("and nothing in between").isEqualTo("digit 2");
        }
    }

    @Test
    void shouldRefuseStrangersOnceASourceIsLatched() throws Exception {
        Overheard news = new Overheard();
        AudioPort port = bridge.openPort("expert", news, owner);
        try (TestPhone phone = new TestPhone(port, Encoding.PCMU, 440, 7); DatagramSocket stranger = new DatagramSocket()) {
            assertThat(news.next()).isEqualTo("first");
            byte[] digit = TestPhone.rtp(101, true, 500, 9_000, 7, new byte[] {1, 10, 0, (byte) 160});
            stranger.send(new java.net.DatagramPacket(digit, digit.length, port.local()));
            phone.send(TestPhone.rtp(101, true, 501, 9_000, 8, new byte[] {3, 10, 0, (byte) 160})); // its address, another SSRC
            phone.send(TestPhone.rtp(111, false, 502, 9_000, 7, new byte[160]));                      // a payload type that was not agreed
            phone.send(new byte[] {1, 2, 3});
            until(() -> port.stats().refused() == 4);
            phone.press(2, false);
            assertThat(news.next()).isEqualTo("digit 2");
        }
    }

    @Test
    void shouldSendNothingWhileHeldAndGoOnAfterwards() throws Exception {
        AudioPort port = bridge.openPort("expert", new Overheard(), owner);
        try (TestPhone phone = new TestPhone(port, Encoding.PCMU, 440, 7)) {
            until(() -> phone.packets().size() > 5);
            port.connect(phone.terms(false));
            CountDownLatch held = new CountDownLatch(1);
            port.play(Sines.pcm(600, 0.02), held::countDown);              // heard of only after the hold has taken effect
            assertThat(held.await(2, TimeUnit.SECONDS)).isTrue();
            long before = port.stats().sent();
            CountDownLatch played = new CountDownLatch(1);
            port.play(Sines.pcm(600, 0.1), played::countDown);
            assertThat(played.await(2, TimeUnit.SECONDS)).as("a prompt to a held party still comes to its end").isTrue();
            assertThat(port.stats().sent()).isEqualTo(before);
            port.connect(phone.terms(true));
            until(() -> port.stats().sent() > before + 5);
        }
    }

    @Test
    void shouldPlayInOrderAndTellTheEndOnTheOwnersThread() throws Exception {
        AudioPort port = bridge.openPort("expert", new Overheard(), owner);
        CountDownLatch done = new CountDownLatch(2);
        StringBuffer order = new StringBuffer();
        port.play(Sines.pcm(600, 0.5), () -> order.append("first "));
        port.play(Sines.pcm(900, 0.5), () -> order.append(Thread.currentThread().getName().startsWith("pool") ? "second" : "wrong thread"));
        try (TestPhone phone = new TestPhone(port, Encoding.PCMA, 440, 7)) {
            until(() -> order.toString().equals("first second"));
            until(() -> phone.heard().length >= 8_000);
            short[] heard = phone.heard();
            short[] begin = java.util.Arrays.copyOfRange(heard, 800, 3_200);
            short[] end = java.util.Arrays.copyOfRange(heard, 4_800, 7_200);
            assertThat(Sines.level(begin, 600)).isGreaterThan(Sines.level(begin, 900) + 30);
            assertThat(Sines.level(end, 900)).isGreaterThan(Sines.level(end, 600) + 30);
            port.play(Sines.pcm(600, 60), done::countDown);
            port.play(Sines.pcm(600, 60), done::countDown);
            port.stopPlaying();
            assertThat(done.await(2, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void shouldAnnounceToAllInTheMixAndToNobodyElse() throws Exception {
        AudioPort in = bridge.openPort("in", new Overheard(), owner);
        AudioPort out = bridge.openPort("out", new Overheard(), owner);
        try (TestPhone inside = new TestPhone(in, Encoding.PCMU, 440, 7); TestPhone outside = new TestPhone(out, Encoding.PCMU, 440, 8)) {
            in.join();
            until(() -> inside.packets().size() > 3);
            bridge.announce(Sines.pcm(1_200, 0.6));
            int from = inside.heard().length;
            until(() -> inside.heard().length > from + 4_800);
            assertThat(Sines.level(Sines.tail(inside.heard(), 4_800), 1_200)).isGreaterThan(-25);
            assertThat(Sines.level(Sines.tail(outside.heard(), 4_800), 1_200)).isLessThan(-60);
        }
    }

    @Test
    void shouldSendDigitsAsEventsWithMarkerUpdatesAndThreeEnds() throws Exception {
        AudioPort port = bridge.openPort("trunk", new Overheard(), owner);
        try (TestPhone phone = new TestPhone(port, Encoding.PCMU, 440, 7)) {
            port.sendDigit('#');
            until(() -> events(phone).size() == 7);
            List<byte[]> events = events(phone);
            for (int i = 0; i < 7; i++) {
                byte[] event = events.get(i);
                assertThat((event[1] & 0x80) != 0).as("marker of %s", i).isEqualTo(i == 0);
                assertThat(event[12]).isEqualTo((byte) 11);
                assertThat((event[13] & 0x80) != 0).as("end of %s", i).isEqualTo(i >= 4);
                assertThat((event[14] & 0xff) << 8 | event[15] & 0xff).isEqualTo(Math.min(800, 160 * (i + 1)));
                assertThat(java.util.Arrays.copyOfRange(event, 4, 8)).as("timestamp").isEqualTo(java.util.Arrays.copyOfRange(events.get(0), 4, 8));
            }
            assertThatThrownBy(() -> port.sendDigit('x')).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldFreeItsSocketsWhenClosed() throws Exception {
        AudioPort port = bridge.openPort("expert", new Overheard(), owner);
        InetSocketAddress rtp = port.local();
        assertThat(rtp.getPort() % 2).isZero();
        assertThat(free(rtp.getPort())).isFalse();
        assertThat(free(rtp.getPort() + 1)).isFalse();
        port.close();
        until(() -> free(rtp.getPort()) && free(rtp.getPort() + 1));
    }

    @Test
    void shouldSayWhichRangeHasNoPortLeft() throws Exception {
        try (MediaEngine small = new MediaEngine(new MediaEngine.Settings(InetAddress.getLoopbackAddress(), 17_301, 17_304, 1))) {
            AudioBridge few = small.openBridge();
            few.openPort("one", new Overheard(), owner);
            assertThatThrownBy(() -> few.openPort("two", new Overheard(), owner)).isInstanceOf(IOException.class).hasMessageContaining("17302-17303");
        }
    }

    private static List<byte[]> events(TestPhone phone) {
        return phone.packets().stream().filter(packet -> (packet[1] & 0x7f) == 101).toList();
    }

    private static boolean free(int port) {
        try (DatagramSocket probe = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    static void until(Callable<Boolean> come) throws Exception { Await.that("it", Duration.ofSeconds(10), come); }
}
