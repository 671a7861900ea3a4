package org.infrafabric.media;

import java.nio.ByteBuffer;

/** An RTP packet read in place, RFC 3550 §5.1. One instance serves packet after packet. */
final class RtpPacket {
    static final int HEADER = 12;

    private boolean marker;
    private int payloadType;
    private int sequence;
    private int timestamp;
    private int ssrc;
    private int payloadOffset;
    private int payloadLength;

    /** Reads the header of what stands between 0 and the limit of {@code packet}; false when that is no RTP (§A.1). */
    boolean read(ByteBuffer packet) {
        int length = packet.limit();
        if (length < HEADER) return false;
        int first = packet.get(0) & 0xff;
        if (first >> 6 != 2) return false;
        int offset = HEADER + 4 * (first & 0x0f);
        if ((first & 0x10) != 0) {                                        // one header extension, §5.3.1
            if (offset + 4 > length) return false;
            offset += 4 + 4 * (packet.getShort(offset + 2) & 0xffff);
        }
        int padding = 0;
        if ((first & 0x20) != 0) {
            padding = packet.get(length - 1) & 0xff;
            if (padding == 0) return false;
        }
        if (offset + padding > length) return false;
        int second = packet.get(1);
        marker = (second & 0x80) != 0;
        payloadType = second & 0x7f;
        sequence = packet.getShort(2) & 0xffff;
        timestamp = packet.getInt(4);
        ssrc = packet.getInt(8);
        payloadOffset = offset;
        payloadLength = length - offset - padding;
        return true;
    }

    boolean marker() { return marker; }

    int payloadType() { return payloadType; }

    int sequence() { return sequence; }

    int timestamp() { return timestamp; }

    int ssrc() { return ssrc; }

    int payloadOffset() { return payloadOffset; }

    int payloadLength() { return payloadLength; }

    /** Clears {@code out} and writes a header without CSRCs, extension or padding. */
    static void writeHeader(ByteBuffer out, boolean marker, int payloadType, int sequence, int timestamp, int ssrc) {
        out.clear();
        out.putShort((short) (0x8000 | (marker ? 0x80 : 0) | payloadType));
        out.putShort((short) sequence);
        out.putInt(timestamp);
        out.putInt(ssrc);
    }
}
