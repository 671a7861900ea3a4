package org.infrafabric.media;

import java.io.ByteArrayOutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.media.AudioPort.Negotiated;

/**
 * The other end of a port: a real socket that answers each packet it gets with one of its own, so that it keeps the bridge's time; and keeps all it got.
 * Its RTP is written here, with nothing of the subject but the codec tables.
 */
final class TestPhone implements AutoCloseable {
    final int ssrc;
    final Encoding encoding;
    private final G711 law;
    private final DatagramSocket socket;
    private final InetSocketAddress bridge;
    private final short[] tone;
    private final Thread thread;
    private final List<byte[]> received = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean talking = true;
    private int sequence = 65_530;                                        // wraps soon
    private int timestamp = -800;
    private int spoken;

    TestPhone(AudioPort port, Encoding encoding, double hertz, int ssrc) throws Exception {
        this.ssrc = ssrc;
        this.encoding = encoding;
        this.law = encoding == Encoding.PCMU ? G711.PCMU : G711.PCMA;
        this.bridge = port.local();
        this.tone = Sines.tone(hertz, 8_000, 8_000);
        this.socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        socket.setSoTimeout(200);
        port.connect(terms(true));
        thread = Thread.ofPlatform().daemon().start(this::run);
    }

    Negotiated terms(boolean sending) {
        return new Negotiated((InetSocketAddress) socket.getLocalSocketAddress(), encoding, encoding == Encoding.PCMU ? 0 : 8, 101, sending);
    }

    void talk(boolean on) { talking = on; }

    /** A telephone-event as phones send it; {@code skipBeginning}: only its ends arrive. */
    synchronized void press(int event, boolean skipBeginning) throws Exception {
        boolean was = talking;
        talking = false;
        int at = timestamp;
        for (int duration = 160; duration <= 800; duration += 160)
            if (!skipBeginning) send(rtp(101, duration == 160, at, new byte[] {(byte) event, 10, (byte) (duration >> 8), (byte) duration}));
        for (int i = 0; i < 3; i++) send(rtp(101, false, at, new byte[] {(byte) event, (byte) 0x8a, 3, 0x20}));
        timestamp += 960;
        talking = was;
    }

    /** Sends bytes as they are. */
    void send(byte[] packet) throws Exception {
        socket.send(new DatagramPacket(packet, packet.length, bridge));
    }

    synchronized byte[] rtp(int payloadType, boolean marker, int at, byte[] payload) {
        return rtp(payloadType, marker, sequence++ & 0xffff, at, ssrc, payload);
    }

    static byte[] rtp(int payloadType, boolean marker, int sequence, int timestamp, int ssrc, byte[] payload) {
        ByteBuffer out = ByteBuffer.allocate(12 + payload.length);
        out.put((byte) 0x80).put((byte) (payloadType | (marker ? 0x80 : 0))).putShort((short) sequence).putInt(timestamp).putInt(ssrc).put(payload);
        return out.array();
    }

    /** Whole packets, in the order they came. */
    List<byte[]> packets() {
        synchronized (received) {
            return List.copyOf(received);
        }
    }

    /** All sound heard so far. */
    short[] heard() {
        ByteArrayOutputStream codes = new ByteArrayOutputStream();
        for (byte[] packet : packets())
            if ((packet[1] & 0x7f) == (encoding == Encoding.PCMU ? 0 : 8)) codes.write(packet, 12, packet.length - 12);
        byte[] all = codes.toByteArray();
        short[] out = new short[all.length];
        for (int i = 0; i < all.length; i++) out[i] = law.decode(all[i]);
        return out;
    }

    int port() { return socket.getLocalPort(); }

    private void run() {
        byte[] buffer = new byte[2_048];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                received.add(java.util.Arrays.copyOf(buffer, packet.getLength()));
                if (talking) speak();
            } catch (SocketTimeoutException held) {
                continue;
            } catch (Exception closed) {
                return;
            }
        }
    }

    private synchronized void speak() throws Exception {
        byte[] codes = new byte[160];
        for (int i = 0; i < 160; i++) codes[i] = law.encode(tone[spoken++ % tone.length]);
        send(rtp(encoding == Encoding.PCMU ? 0 : 8, false, timestamp, codes));
        timestamp += 160;
    }

    @Override
    public void close() { socket.close(); }
}
