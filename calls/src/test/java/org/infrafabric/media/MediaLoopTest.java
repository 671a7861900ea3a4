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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.infrafabric.media.AudioPort.Encoding;
import org.junit.jupiter.api.Test;

/** The thread under the bridges: its time and its thrift. */
class MediaLoopTest {
    @Test
    void shouldCountMixesThatCameLateAndGoOn() throws Exception {
        LoopCounters counters = new LoopCounters();
        MediaLoop loop = new MediaLoop("late", counters);
        loop.start();
        HandBridge hand = new HandBridge();
        hand.party("a");
        loop.add(hand.bridge);
        HandBridge.Party a = hand.parties.getFirst();
        BridgeTest.until(() -> a.rtp.sent.size() > 3);
        long before = counters.lateMixes();
        loop.execute(() -> LockSupport.parkNanos(400_000_000));           // what must never happen: something blocks the loop
        BridgeTest.until(() -> counters.lateMixes() >= before + 15);
        int timestamps = a.last().timestamp();
        int seen = a.rtp.sent.size();
        BridgeTest.until(() -> a.rtp.sent.size() > seen + 3);
        assertThat(timestamps + 480).as("the stream's clock stood still no more than the loop's").isGreaterThan(20 * 160 - 480);
        loop.close();
        assertThat(a.rtp.closed).isTrue();
    }

    @Test
    void shouldNotTakeTimeWithoutBridgesForLateMixes() throws Exception {
        LoopCounters counters = new LoopCounters();
        MediaLoop loop = new MediaLoop("idle", counters);
        loop.start();
        Thread.sleep(1_000);                                              // 50 ticks in which nothing was due
        HandBridge hand = new HandBridge();
        HandBridge.Party a = hand.party("a");
        loop.add(hand.bridge);
        BridgeTest.until(() -> a.rtp.sent.size() > 3);
        assertThat(counters.lateMixes()).isLessThan(25);
        loop.close();
    }

    @Test
    void shouldKeepTimeThoughEachTickIsLate() throws Exception {
        MediaLoop loop = new MediaLoop("steady", new LoopCounters());
        loop.start();
        HandBridge hand = new HandBridge();
        HandBridge.Party a = hand.party("a");
        loop.add(hand.bridge);
        BridgeTest.until(() -> a.rtp.sent.size() > 0);
        long begun = System.nanoTime();
        long first = a.last().timestamp() / 160;
        while (System.nanoTime() - begun < 1_000_000_000L) {
            CountDownLatch held = new CountDownLatch(1);
            loop.execute(() -> {
                LockSupport.parkNanos(13_000_000);
                held.countDown();
            });
            held.await();
        }
        CountDownLatch looked = new CountDownLatch(1);
        long[] seen = new long[2];
        loop.execute(() -> {
            seen[0] = a.last().timestamp() / 160 - first;
            seen[1] = (System.nanoTime() - begun) / MediaLoop.TICK_NANOS;
            looked.countDown();
        });
        looked.await();
        loop.close();
        assertThat(seen[0]).isBetween(seen[1] - 3, seen[1] + 3);
    }

    @Test
    void shouldOutliveABrokenBridgeAndABrokenOrder() throws Exception {
        MediaLoop loop = new MediaLoop("broken", new LoopCounters());
        loop.start();
        loop.execute(() -> { throw new IllegalStateException("an order that fails, on purpose"); });
        CountDownLatch done = new CountDownLatch(1);
        loop.execute(done::countDown);
        assertThat(done.await(2, TimeUnit.SECONDS)).isTrue();
        loop.close();
    }

    @Test
    void shouldOpenNothingOnceClosed() throws Exception {
        MediaEngine engine = new MediaEngine(MediaEngine.Settings.at(InetAddress.getLoopbackAddress(), 17_500, 17_510));
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

    /** Real sockets, a recording's worth of taps, six parties; ticks run on this thread so that nothing else is counted. */
    @Test
    void shouldAllocateNothingForPackets() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        LoopCounters counters = new LoopCounters();
        PortRange range = new PortRange(InetAddress.getLoopbackAddress(), 17_600, 17_699, 0);
        RtpBridge bridge = new RtpBridge(Runnable::run, (on, party, name, listener, owner) -> {
            PortRange.Pair pair = range.open();
            return new RtpPort(on, party, name, pair, listener, owner, new RtpSender(pair.rtp(), party, 1, 1),
                    new RtcpSession(pair.rtcp(), new Rtcp(party, "c"), java.time.InstantSource.system(), party));
        }, counters, new Scratch(), () -> {});
        bridge.record(new Counting());
        DatagramChannel[] phones = new DatagramChannel[6];
        AudioPort[] ports = new AudioPort[6];
        for (int i = 0; i < 6; i++) {
            phones[i] = DatagramChannel.open(StandardProtocolFamily.INET).bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            phones[i].configureBlocking(false);
            ports[i] = bridge.openPort("p" + i, new Overheard(), Runnable::run);
            ports[i].connect(new AudioPort.Negotiated((InetSocketAddress) phones[i].getLocalAddress(), i < 3 ? Encoding.PCMU : Encoding.PCMA,
                    i < 3 ? 0 : 8, 101, true));
            ports[i].join();
        }
        ByteBuffer packet = ByteBuffer.allocateDirect(172);
        ByteBuffer in = ByteBuffer.allocateDirect(2_048);
        long allocated = 0;
        long packets = 0;
        for (int tick = 0; tick < 3_000; tick++) {
            for (int i = 0; i < 5; i++) {                                 // the sixth only listens
                RtpPacket.writeHeader(packet, false, i < 3 ? 0 : 8, tick, tick * 160, 9 + i);
                while (packet.hasRemaining()) packet.put((byte) (tick + i));
                phones[i].send(packet.flip(), ports[i].local());
                while (phones[i].receive(in.clear()) != null) continue;
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

    private static final class Counting implements AudioBridge.Tap {
        @Override
        public void opened(int party, String name, long tick) {}

        @Override
        public void said(int party, long tick, short[] samples) {}

        @Override
        public void mix(long tick, short[] samples) {}

        @Override
        public void ended() {}
    }
}
