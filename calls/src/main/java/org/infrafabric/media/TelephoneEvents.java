package org.infrafabric.media;

import java.nio.ByteBuffer;

/**
 * Digits out of received telephone-events, RFC 4733 §2.5: each is told once per RTP timestamp, by whichever packet of it comes first, so that
 * neither lost beginnings nor repeated ends change the count.
 */
final class TelephoneEvents {
    /** Nothing new to tell. */
    static final char NONE = 0;

    private static final String DIGITS = "0123456789*#ABCD";              // RFC 4733 §3.2, events 0 to 15
    private static final int REMEMBERED = 8;
    private static final int LONGEST_SEGMENT = 0xffff;

    private final int[] timestamps = new int[REMEMBERED];
    private int told;
    private int event = -1;
    private int duration;

    /** Forgets the source. */
    void restart() {
        told = 0;
        event = -1;
    }

    /** The digit that begins with this packet, or {@link #NONE}. */
    char on(RtpPacket rtp, ByteBuffer packet) {
        if (rtp.payloadLength() < 4) return NONE;
        int at = rtp.payloadOffset();
        int number = packet.get(at) & 0xff;
        int lasts = packet.getShort(at + 2) & 0xffff;
        int timestamp = rtp.timestamp();
        if (number >= DIGITS.length()) return NONE;
        if (known(timestamp)) {
            duration = lasts;
            return NONE;
        }
        boolean continues = number == event && duration == LONGEST_SEGMENT && timestamp == newest() + LONGEST_SEGMENT; // §2.5.1.3
        timestamps[told++ % REMEMBERED] = timestamp;
        if (told == 2 * REMEMBERED) told = REMEMBERED;
        event = number;
        duration = lasts;
        return continues ? NONE : DIGITS.charAt(number);
    }

    /** The event's number, or -1 when {@code digit} is none. */
    static int number(char digit) {
        return DIGITS.indexOf(Character.toUpperCase(digit));
    }

    private int newest() { return timestamps[(told + REMEMBERED - 1) % REMEMBERED]; }

    private boolean known(int timestamp) {
        for (int i = 0; i < Math.min(told, REMEMBERED); i++)
            if (timestamps[i] == timestamp) return true;
        return false;
    }
}
