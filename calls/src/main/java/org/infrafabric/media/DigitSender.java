package org.infrafabric.media;

import java.nio.ByteBuffer;

/**
 * Telephone-events to be sent, one packet a tick in place of audio, RFC 4733 §2.5.1: 100 ms a digit, the end three times, 40 ms of audio between two.
 */
final class DigitSender {
    private static final int UPDATES = 5;                                 // 20 ms each; the fifth is the end
    private static final int ENDS = 3;                                    // §2.5.1.4
    private static final int PAUSE = 2;
    private static final int VOLUME = 10;                                 // -10 dBm0
    private static final int END = 0x80;

    private final byte[] waiting = new byte[64];
    private int head;
    private int size;
    private int step;
    private int timestamp;

    /** Queues a digit; one too many is dropped, as a phone's keypad would. False then, and when it is no digit. */
    boolean press(char digit) {
        int event = TelephoneEvents.number(digit);
        if (event < 0 || size == waiting.length) return false;
        waiting[(head + size++) % waiting.length] = (byte) event;
        return true;
    }

    /** Forgets what waits. */
    void clear() {
        size = 0;
        step = 0;
    }

    /** Begins a tick at {@code now} (RTP timestamp); true when it belongs to an event. */
    boolean next(int now) {
        if (size == 0) return false;
        if (step == 0) timestamp = now;
        step++;
        if (step <= UPDATES + ENDS - 1) return true;
        if (step == UPDATES + ENDS - 1 + PAUSE) {
            head = (head + 1) % waiting.length;
            size--;
            step = 0;
        }
        return false;
    }

    /** The event's RTP timestamp, the same in all its packets. */
    int timestamp() { return timestamp; }

    boolean first() { return step == 1; }

    /** Appends the payload of this tick, of {@code units} of the event's clock. */
    void write(ByteBuffer out, int units) {
        out.put(waiting[head]);
        out.put((byte) ((step >= UPDATES ? END : 0) | VOLUME));
        out.putShort((short) (Math.min(step, UPDATES) * units));
    }
}
