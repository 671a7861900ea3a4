package org.infrafabric.media;

import java.io.IOException;
import java.util.concurrent.Executor;

/** One audio bridge: each party hears the sum of the others (N-1), every 20 ms. All its ports live on one media loop. Any thread may call. */
public interface AudioBridge {
    /**
     * Opens a port for one party.
     *
     * @param name of the party, for its track in the recording, such as {@code expert} or {@code sage}
     * @param owner on which the listener is called
     * @throws IOException when no RTP port is free in the configured range
     */
    AudioPort openPort(String name, AudioPort.Listener listener, Executor owner) throws IOException;

    /** Plays to all who are in the mix, and into the recording. */
    void announce(Pcm audio);

    /** From now on {@code tap} is given every tick; at most one at a time. */
    void record(Tap tap);

    /** Closes all ports and ends the tap. */
    void close();

    /** What a recording is fed with; as it stands it lets everything pass. Called on the media loop: must copy and return, never block. */
    interface Tap {
        /** A party is there from this tick on. */
        default void opened(int party, String name, long tick) {}

        /** What one party said in this tick, 160 samples at 8 kHz or 320 at 16 kHz as its encoding is; only ticks in which it said something. */
        default void said(int party, long tick, short[] samples) {}

        /** At how many samples a second it takes the mix: 8000 or 16000. */
        default int mixRate() { return 8_000; }

        /** The sum of all that was said, and of the announcements, in this tick. Called once a tick, after the parties. */
        default void mix(long tick, short[] samples) {}

        /** No more ticks come. */
        default void ended() {}
    }
}
