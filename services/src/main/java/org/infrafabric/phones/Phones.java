package org.infrafabric.phones;

import java.io.IOException;
import java.net.InetAddress;
import org.infrafabric.media.MediaEngine;
import org.infrafabric.transport.EventLoops;

/** Where phones live: one event loop for their signalling, one loop for their sound. Each phone has sockets and a user agent of its own. */
public final class Phones implements AutoCloseable {
    private final EventLoops loops;
    private final MediaEngine media;

    private Phones(EventLoops loops, MediaEngine media) {
        this.loops = loops;
        this.media = media;
    }

    /**
     * @param address sound is received at, and named in SDP
     * @param firstPort of the range for RTP
     * @param lastPort of it
     */
    public static Phones open(InetAddress address, int firstPort, int lastPort) {
        return new Phones(EventLoops.open("phones", 1), new MediaEngine(new MediaEngine.Settings(address, firstPort, lastPort, 1)));
    }

    /** On 127.0.0.1, with sound on ports that the system seldom hands out by itself. */
    public static Phones onLoopback() {
        return open(InetAddress.ofLiteral("127.0.0.1"), 16_384, 32_766);
    }

    /**
     * Starts one phone.
     *
     * @param script what it does by itself
     * @param listener told of all that happens, on the phone's thread: must not block
     * @throws IOException naming the address that could not be had
     */
    public Phone start(PhoneSettings settings, Script script, Phone.Listener listener) throws IOException {
        return Phone.start(settings, script, listener, loops.next(), media);
    }

    /** Close the phones first. */
    @Override
    public void close() {
        media.close();
        loops.close();
    }
}
