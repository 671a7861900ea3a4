package org.infrafabric.media;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** The stream that one port sends: sequence numbers, timestamps that follow the ticks and so never drift, and what a sender report tells of it. */
final class RtpSender {
    private final PacketSocket socket;
    private final int ssrc;
    private final int timestampBase;
    private int sequence;
    private boolean begun;
    private int clock;
    private long packets;
    private long octets;

    /** @param sequence of the first packet; it, the SSRC and the timestamp are random (RFC 3550 §5.1) */
    RtpSender(PacketSocket socket, int ssrc, int sequence, int timestampBase) {
        this.socket = socket;
        this.ssrc = ssrc;
        this.sequence = sequence;
        this.timestampBase = timestampBase;
    }

    int ssrc() { return ssrc; }

    long packets() { return packets; }

    long octets() { return octets; }

    /** The RTP timestamp of now, whether or not anything is being sent. */
    int clock() { return clock; }

    void beginTick(long tick) { clock = timestampBase + (int) tick * JitterBuffer.FRAME; }

    /** The next packet is the first of a talkspurt (RFC 3551 §4.1). */
    void beginSpurt() { begun = false; }

    boolean audio(ByteBuffer out, byte[] codes, int payloadType, InetSocketAddress to) {
        RtpPacket.writeHeader(out, !begun, payloadType, sequence, clock, ssrc);
        begun = true;
        out.put(codes);
        return send(out, to);
    }

    boolean event(ByteBuffer out, DigitSender digit, int payloadType, InetSocketAddress to) {
        RtpPacket.writeHeader(out, digit.first(), payloadType, sequence, digit.timestamp(), ssrc);
        digit.write(out);
        return send(out, to);
    }

    private boolean send(ByteBuffer out, InetSocketAddress to) {
        out.flip();
        int payload = out.limit() - RtpPacket.HEADER;
        sequence = (sequence + 1) & 0xffff;
        if (!socket.send(out, to)) return false;
        packets++;
        octets += payload;
        return true;
    }
}
