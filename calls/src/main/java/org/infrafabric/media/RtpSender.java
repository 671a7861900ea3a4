package org.infrafabric.media;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** The stream that one port sends: sequence numbers, timestamps that follow the ticks and so never drift, and what a sender report tells of it. */
final class RtpSender {
    private final PacketSocket socket;
    private final int ssrc;
    private int timestampBase;
    private int unitsATick = Frames.UNITS;
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

    /** @param units of the RTP clock in a tick */
    void beginTick(long tick, int units) {
        if (units != unitsATick) {                                        // another encoding: the clock goes on from where it stood
            timestampBase += (int) tick * (unitsATick - units);
            unitsATick = units;
        }
        clock = timestampBase + (int) tick * units;
    }

    /** The next packet is the first of a talkspurt (RFC 3551 §4.1). */
    void beginSpurt() { begun = false; }

    boolean audio(ByteBuffer out, byte[] payload, int length, int payloadType, InetSocketAddress to) {
        RtpPacket.writeHeader(out, !begun, payloadType, sequence, clock, ssrc);
        begun = true;
        out.put(payload, 0, length);
        return send(out, to);
    }

    /** Comfort noise, RFC 3389: where it begins, and again so that the path stays open. */
    boolean noise(ByteBuffer out, InetSocketAddress to) {
        RtpPacket.writeHeader(out, false, ComfortNoise.PAYLOAD_TYPE, sequence, clock, ssrc);
        out.put(ComfortNoise.QUIET_LINE);
        begun = false;                                                    // sound that follows is a new talkspurt
        return send(out, to);
    }

    /** @param durationUnits of the event's clock in a tick */
    boolean event(ByteBuffer out, DigitSender digit, int payloadType, int durationUnits, InetSocketAddress to) {
        RtpPacket.writeHeader(out, digit.first(), payloadType, sequence, digit.timestamp(), ssrc);
        digit.write(out, durationUnits);
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
