package org.infrafabric.media;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.media.AudioPort.Negotiated;
import org.jspecify.annotations.Nullable;

/** A bridge whose time and network are driven by hand: what is put into a wire is taken at the next tick, what is sent lies there to be looked at. */
final class HandBridge {
    /** After which a peer is taken for dead. */
    static final long SILENCE_NANOS = 30_000_000_000L;

    final LoopCounters counters = new LoopCounters();
    final List<Party> parties = new ArrayList<>();
    final RtpBridge bridge = new RtpBridge(Runnable::run, this::open, counters, new Scratch(new Codecs(LibOpus.found())), () -> {});
    long now = 1_000_000_000L;

    /** One 20 ms. */
    void tick() {
        bridge.tick(now);
        now += 20_000_000L;
    }

    void ticks(int count) {
        for (int i = 0; i < count; i++) tick();
    }

    /** A connected party; it hears and speaks A-law. */
    Party party(String name) throws Exception {
        Overheard news = new Overheard();
        AudioPort port = bridge.openPort(name, news, Runnable::run);
        Party party = parties.getLast();
        party.port = port;
        party.news = news;
        port.connect(party.terms(true));
        return party;
    }

    private RtpPort open(RtpBridge on, int number, String name, AudioPort.Listener listener, java.util.concurrent.Executor owner) {
        Party party = new Party(number);
        parties.add(party);
        return new RtpPort(on, number, name, new PortRange.Pair(party.rtp, party.rtcp, () -> {}), listener, owner,
                new RtpSender(party.rtp, 0xabc0 + number, 65_533, -480),
                new RtcpSession(party.rtcp, new Rtcp(0xabc0 + number, "cname" + number),
                        () -> Instant.ofEpochSecond(1_800_000_000L, now % 1_000_000_000L), 5),
                new MediaTerms(AudioPort.Encoding.ALL, SILENCE_NANOS));
    }

    /** A packet that went out. */
    record Sent(byte[] bytes, InetSocketAddress to) {
        int type() { return bytes[1] & 0x7f; }

        boolean marker() { return (bytes[1] & 0x80) != 0; }

        int sequence() { return ByteBuffer.wrap(bytes).getShort(2) & 0xffff; }

        int timestamp() { return ByteBuffer.wrap(bytes).getInt(4); }

        short[] sound() {
            short[] out = new short[bytes.length - 12];
            for (int i = 0; i < out.length; i++) out[i] = G711.PCMA.decode(bytes[12 + i]);
            return out;
        }
    }

    /** A socket without a network. */
    static final class Wire implements PacketSocket {
        final ArrayDeque<Sent> arriving = new ArrayDeque<>();
        final List<Sent> sent = new ArrayList<>();
        final InetSocketAddress local;
        boolean closed;

        Wire(int port) { local = new InetSocketAddress("192.0.2.1", port); }

        @Override
        public InetSocketAddress local() { return local; }

        @Override
        public @Nullable InetSocketAddress receive(ByteBuffer into) {
            Sent next = arriving.poll();
            if (next == null) return null;
            into.clear().put(next.bytes()).flip();
            return next.to();
        }

        @Override
        public boolean send(ByteBuffer packet, InetSocketAddress to) {
            byte[] bytes = new byte[packet.remaining()];
            packet.get(bytes);
            sent.add(new Sent(bytes, to));
            return true;
        }

        @Override
        public void close() { closed = true; }
    }

    static final class Party {
        final Wire rtp;
        final Wire rtcp;
        final InetSocketAddress address;
        @Nullable AudioPort port;
        @Nullable Overheard news;
        int ssrc;
        int sequence = 100;
        int timestamp = 5_000;

        Party(int number) {
            rtp = new Wire(40_000 + 2 * number);
            rtcp = new Wire(40_001 + 2 * number);
            address = new InetSocketAddress("198.51.100.7", 6_000 + 2 * number);
            ssrc = 77 + number;
        }

        Negotiated terms(boolean sending) { return new Negotiated(address, Encoding.PCMA, 8, 96, sending); }

        /** A frame of one value from the right place. */
        void says(int value) { comes(address, ssrc, value); }

        void comes(InetSocketAddress from, int fromSsrc, int value) {
            byte[] codes = new byte[160];
            Arrays.fill(codes, G711.PCMA.encode(value));
            rtp.arriving.add(new Sent(TestPhone.rtp(8, false, sequence++ & 0xffff, timestamp, fromSsrc, codes), from));
            timestamp += 160;
        }

        void event(InetSocketAddress from, int fromSsrc, int number, int at, int duration, boolean end) {
            byte[] payload = {(byte) number, (byte) (end ? 0x8a : 0x0a), (byte) (duration >> 8), (byte) duration};
            rtp.arriving.add(new Sent(TestPhone.rtp(96, false, sequence++ & 0xffff, at, fromSsrc, payload), from));
        }

        /** A packet of any bytes from the right place. */
        void bytes(byte[] packet) { rtp.arriving.add(new Sent(packet, address)); }

        Sent last() { return rtp.sent.getLast(); }

        /** The value in the middle of the last frame sent. */
        int hears() { return last().sound()[80]; }
    }
}
