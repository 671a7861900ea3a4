package org.infrafabric.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.infrafabric.media.AudioPort.Encoding;
import org.junit.jupiter.api.Test;

/** The thread under the bridges: its time and its thrift. */
class MediaLoopTest {
    private static final Codecs CODECS = new Codecs(LibOpus.found());

    private final LoopCounters counters = new LoopCounters();
    private long now = 7_000_000_000L;
    private final MediaLoop byHand = new MediaLoop("by hand", counters, () -> now, CODECS);
    private final HandBridge hand = new HandBridge();

    @Test
    void shouldCountMixesThatCameLateAndGoOn() throws Exception {
        HandBridge.Party a = onBridge();
        pass(200);
        int timestamp = a.last().timestamp();
        now += 400_000_000L;                                              // what must never happen: something blocked the loop
        pass(20);
        assertThat(counters.lateMixes()).isBetween(18L, 20L);
        assertThat(a.last().timestamp() - timestamp).as("the stream's clock stood still no more than the loop's").isEqualTo(21 * 160);
        pass(1_000);
        assertThat(counters.lateMixes()).isBetween(18L, 20L);
    }

    @Test
    void shouldMakeUpForAShortDelayWithoutLosingATick() throws Exception {
        HandBridge.Party a = onBridge();
        pass(200);
        int sent = a.rtp.sent.size();
        now += 80_000_000L;
        pass(20);
        assertThat(a.rtp.sent).hasSize(sent + 5);
        assertThat(counters.lateMixes()).as("60 and 40 ms late; the one that was 20 ms late is none").isEqualTo(2);
    }

    @Test
    void shouldNotTakeTimeWithoutBridgesForLateMixes() throws Exception {
        assertThat(byHand.turn()).isEqualTo(MediaLoop.NOTHING_DUE);
        now += 1_000_000_000L;                                            // 50 ticks in which nothing was due
        onBridge();
        pass(100);
        assertThat(counters.lateMixes()).isZero();
    }

    @Test
    void shouldKeepTimeThoughEachTickIsLate() throws Exception {
        HandBridge.Party a = onBridge();
        pass(20);
        int sent = a.rtp.sent.size();
        for (int i = 0; i < 300; i++) {
            now += 13_000_000L;                                           // looks at its clock every 13 ms, never in time
            while (byHand.turn() == 0) continue;
        }
        assertThat(a.rtp.sent.size() - sent).isBetween(194, 196);
        assertThat(counters.lateMixes()).isZero();
    }

    @Test
    void shouldSayHowLongItMaySleep() throws Exception {
        onBridge();
        while (byHand.turn() == 0) continue;
        now += 5_000_000L;
        assertThat(byHand.turn()).isEqualTo(15_000_000L);
    }

    private HandBridge.Party onBridge() throws Exception {
        HandBridge.Party party = hand.party("a");
        byHand.add(hand.bridge);
        return party;
    }

    /** Lets milliseconds pass, in the smallest steps that the loop asks for. */
    private void pass(long millis) {
        long end = now + millis * 1_000_000L;
        while (true) {
            long wait = byHand.turn();
            if (wait == 0) continue;
            if (now + wait > end) break;
            now += wait;
        }
        now = end;
    }

    @Test
    void shouldCloseItsBridgesWhenItEnds() throws Exception {
        MediaLoop loop = new MediaLoop("ending", counters, System::nanoTime, CODECS);
        loop.start();
        HandBridge.Party a = hand.party("a");
        loop.add(hand.bridge);
        BridgeTest.until(() -> !a.rtp.sent.isEmpty());
        loop.close();
        assertThat(a.rtp.closed).isTrue();
    }

    @Test
    void shouldOutliveABrokenBridgeAndABrokenOrder() throws Exception {
        MediaLoop loop = new MediaLoop("broken", counters, System::nanoTime, CODECS);
        loop.start();
        loop.execute(() -> { throw new IllegalStateException("an order that fails, on purpose"); });
        CountDownLatch done = new CountDownLatch(1);
        loop.execute(done::countDown);
        assertThat(done.await(2, TimeUnit.SECONDS)).isTrue();
        loop.close();
    }

    @Test
    void shouldOpenNothingOnceClosed() throws Exception {
        MediaEngine engine = new MediaEngine(MediaEngine.Settings.at(InetAddress.getLoopbackAddress(), 17_500, 17_510, Encoding.G711, Duration.ZERO));
        AudioBridge bridge = engine.openBridge();
        engine.close();
        assertThatThrownBy(engine::openBridge).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> bridge.openPort("late", new Overheard(), Runnable::run)).hasMessageContaining("closed");
    }

    @Test
    void shouldRefuseSettingsThatNoPeerCouldUse() throws Exception {
        InetAddress here = InetAddress.getLoopbackAddress();
        assertThatThrownBy(() -> new MediaEngine.Settings(InetAddress.getByName("0.0.0.0"), 1, 2, 1)).hasMessageContaining("media.address");
        assertThatThrownBy(() -> new MediaEngine.Settings(here, 20_001, 20_002, 1)).hasMessageContaining("media.ports");
        assertThatThrownBy(() -> new MediaEngine.Settings(here, 20_000, 65_536, 1)).hasMessageContaining("media.ports");
        assertThatThrownBy(() -> new MediaEngine.Settings(here, 20_000, 20_001, 0)).hasMessageContaining("loops");
    }

    /** Real sockets, a recording's worth of taps, eight parties of all codecs; ticks run on this thread so that nothing else is counted. */
    @Test
    void shouldAllocateNothingForPackets() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Encoding[] spoken = {Encoding.PCMU, Encoding.PCMU, Encoding.PCMA, Encoding.PCMA, Encoding.G722, Encoding.G722, Encoding.OPUS, Encoding.OPUS};
        int parties = LibOpus.found().isPresent() ? 8 : 6;                // in Java, Opus makes garbage; that is why it is only the fallback
        PortRange range = new PortRange(InetAddress.getLoopbackAddress(), 17_600, 17_699, 0);
        RtpBridge bridge = new RtpBridge(Runnable::run, (on, party, name, listener, owner) -> {
            PortRange.Pair pair = range.open();
            return new RtpPort(on, party, name, pair, listener, owner, new RtpSender(pair.rtp(), party, 1, 1),
                    new RtcpSession(pair.rtcp(), new Rtcp(party, "c"), java.time.InstantSource.system(), party), new MediaTerms(Encoding.ALL, 0));
        }, counters, new Scratch(CODECS), () -> {});
        bridge.record(new AudioBridge.Tap() {});
        DatagramChannel[] phones = new DatagramChannel[parties];
        AudioPort[] ports = new AudioPort[parties];
        byte[][] payloads = new byte[parties][];
        for (int i = 0; i < parties; i++) {
            phones[i] = DatagramChannel.open(StandardProtocolFamily.INET).bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            phones[i].configureBlocking(false);
            ports[i] = bridge.openPort("p" + i, new Overheard(), Runnable::run);
            ports[i].connect(new AudioPort.Negotiated((InetSocketAddress) phones[i].getLocalAddress(), spoken[i], type(spoken[i]), 101, true));
            ports[i].join();
            payloads[i] = loud(spoken[i]);
        }
        ByteBuffer packet = ByteBuffer.allocateDirect(512);
        ByteBuffer in = ByteBuffer.allocateDirect(2_048);
        long allocated = 0;
        long packets = 0;
        for (int tick = 0; tick < 3_000; tick++) {
            for (int i = 0; i < parties; i++) {
                while (phones[i].receive(in.clear()) != null) continue;
                if (i % 2 == 1 && tick % 200 < 100) continue;             // every other speaks by turns, and listens meanwhile
                if (tick % 50 == 7) continue;                             // a packet that is lost
                RtpPacket.writeHeader(packet, false, type(spoken[i]), tick, tick * spoken[i].clock() / 50, 9 + i);
                phones[i].send(packet.put(payloads[i]).flip(), ports[i].local());
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            bridge.tick(tick * 20_000_000L);
            if (tick < 1_000) {
                packets = counters.packetsSent() + counters.packetsReceived();
                continue;
            }
            allocated += threads.getCurrentThreadAllocatedBytes() - before;
        }
        packets = counters.packetsSent() + counters.packetsReceived() - packets;
        for (DatagramChannel phone : phones) phone.close();
        bridge.close();
        assertThat(packets).isGreaterThan(20_000);
        assertThat((double) allocated / packets).as("bytes a packet; RTCP, of which there is one in some hundred, may take a few").isLessThan(1.0);
    }

    private static int type(Encoding encoding) { return encoding == Encoding.OPUS ? 111 : encoding.staticType(); }

    private static byte[] loud(Encoding encoding) {
        SpeechEncoder encoder = CODECS.encoder(encoding, OpusTerms.USUAL);
        int[] sound = new int[encoding.frame()];
        for (int i = 0; i < sound.length; i++) sound[i] = 8_000 * (i / 20 % 2) - 4_000;
        byte[] packet = new byte[SpeechEncoder.MAX_PAYLOAD];
        byte[] payload = java.util.Arrays.copyOf(packet, 0);
        for (int i = 0; i < 5; i++) payload = java.util.Arrays.copyOf(packet, encoder.encode(sound, packet));
        encoder.close();
        return payload;
    }
}
