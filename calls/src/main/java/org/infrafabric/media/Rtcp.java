package org.infrafabric.media;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** RTCP, RFC 3550 §6: the compound packets that one port sends, and what it reads out of its peer's. Belongs to the media loop. */
final class Rtcp {
    private static final int SENDER_REPORT = 200;
    private static final int RECEIVER_REPORT = 201;
    private static final int SOURCE_DESCRIPTION = 202;
    private static final int GOODBYE = 203;
    private static final int CNAME = 1;
    private static final int LONGEST_TRIP = 60 * 65_536;                  // a minute: more is a clock that was set, or a lie
    private static final long NTP_EPOCH_SECONDS = 2_208_988_800L;         // 1900 to 1970

    private final int ssrc;
    private final byte[] cname;
    private int lastSenderReport;                                         // middle 32 bits of its NTP time, §6.4.1
    private long lastSenderReportNanos;
    private long roundTripNanos = -1;
    private long lostThere = -1;

    /** @param cname at most 255 ASCII characters, random as RFC 7022 advises */
    Rtcp(int ssrc, String cname) {
        this.ssrc = ssrc;
        this.cname = cname.getBytes(StandardCharsets.US_ASCII);
    }

    /** The peer is another one, or began anew. */
    void restart() {
        lastSenderReport = 0;
        roundTripNanos = -1;
        lostThere = -1;
    }

    /** Round trip as the peer's last report told, or -1. */
    long roundTripNanos() { return roundTripNanos; }

    /** How many of our packets the peer has missed, as its last report told, or -1. */
    long lostThere() { return lostThere; }

    /**
     * Writes a report, flipped: SR if we have sent, else RR, with a block about the peer if it is known, and the CNAME.
     *
     * @param peer the latched SSRC, used if {@code heard}
     */
    void report(ByteBuffer out, boolean sender, long packets, long octets, int timestamp, boolean heard, int peer, SequenceTracker tracker,
            long nowNanos, long wallMillis, boolean goodbye) {
        out.clear();
        int blocks = heard ? 1 : 0;
        header(out, blocks, sender ? SENDER_REPORT : RECEIVER_REPORT, (sender ? 6 : 1) + 6 * blocks);
        out.putInt(ssrc);
        if (sender) {
            out.putLong(ntp(wallMillis));
            out.putInt(timestamp);
            out.putInt((int) packets);
            out.putInt((int) octets);
        }
        if (heard) {
            out.putInt(peer);
            out.putInt(tracker.fractionLost() << 24 | (int) Math.min(0x7f_ffff, tracker.lost()));
            out.putInt(tracker.extendedHighest());
            out.putInt(tracker.jitter());
            out.putInt(lastSenderReport);
            out.putInt(lastSenderReport == 0 ? 0 : (int) ((nowNanos - lastSenderReportNanos) * 65_536 / 1_000_000_000L));
        }
        int itemBytes = 4 + 2 + cname.length + 1;                         // SSRC, type and length, text, the null that ends the list
        int words = (itemBytes + 3) / 4;
        header(out, 1, SOURCE_DESCRIPTION, words);
        out.putInt(ssrc);
        out.put((byte) CNAME).put((byte) cname.length).put(cname);
        for (int i = itemBytes - 1; i < 4 * words; i++) out.put((byte) 0);
        if (goodbye) {
            header(out, 1, GOODBYE, 1);
            out.putInt(ssrc);
        }
        out.flip();
    }

    /** Reads the peer's compound packet, from 0 to the limit; false when it is none (§A.2). Nothing of it is taken then. */
    boolean read(ByteBuffer packet, int peer, long nowNanos, long wallMillis) {
        int length = packet.limit();
        if (length < 8 || length % 4 != 0) return false;
        int firstType = packet.get(1) & 0xff;
        if (firstType != SENDER_REPORT && firstType != RECEIVER_REPORT || (packet.get(0) & 0x20) != 0) return false;
        for (int at = 0; at < length; at = end(packet, at)) {
            if (at + 4 > length || (packet.get(at) & 0xc0) != 0x80 || end(packet, at) > length) return false;
        }
        for (int at = 0; at < length; at = end(packet, at)) {
            switch (packet.get(at + 1) & 0xff) {
                case SENDER_REPORT -> {
                    if (end(packet, at) - at < 28) break;
                    if (packet.getInt(at + 4) == peer) {
                        lastSenderReport = (int) (packet.getLong(at + 8) >>> 16);
                        lastSenderReportNanos = nowNanos;
                    }
                    blocks(packet, at, at + 28, wallMillis);
                }
                case RECEIVER_REPORT -> blocks(packet, at, at + 8, wallMillis);
                default -> {}                                            // SDES, BYE, APP: nothing we act on; the signalling says who left
            }
        }
        return true;
    }

    private void blocks(ByteBuffer packet, int start, int first, long wallMillis) {
        int count = packet.get(start) & 0x1f;
        for (int i = 0, at = first; i < count && at + 24 <= end(packet, start); i++, at += 24) {
            if (packet.getInt(at) != ssrc) continue;
            lostThere = Math.max(0, packet.getInt(at + 4) << 8 >> 8);     // signed, 24 bits: duplicates may make it negative
            int lastReport = packet.getInt(at + 16);
            if (lastReport == 0) continue;
            int trip = (int) (ntp(wallMillis) >>> 16) - lastReport - packet.getInt(at + 20); // §6.4.1, in 1/65536 s
            if (trip >= 0 && trip < LONGEST_TRIP) roundTripNanos = trip * 1_000_000_000L / 65_536;
        }
    }

    private static int end(ByteBuffer packet, int at) {
        return at + 4 + 4 * (packet.getShort(at + 2) & 0xffff);
    }

    private static void header(ByteBuffer out, int count, int type, int words) {
        out.put((byte) (0x80 | count)).put((byte) type).putShort((short) words);
    }

    private static long ntp(long wallMillis) {
        return (wallMillis / 1_000 + NTP_EPOCH_SECONDS) << 32 | (wallMillis % 1_000 << 32) / 1_000;
    }
}
