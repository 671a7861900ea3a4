package org.infrafabric.media;

import java.util.Arrays;
import org.infrafabric.media.AudioPort.Encoding;

/** Parties on a bridge, for tests of other rooms. */
public final class BridgeFixture {
    private static int ssrcs = 1_000;

    private BridgeFixture() {}

    /** A phone on a port. */
    public record Party(AudioPort port, Object phone) {
        public void waitForPackets(int count) throws Exception {
            BridgeTest.until(() -> port.stats().received() >= count);
        }
    }

    /** A phone that sends a tone, in the mix. */
    public static Party join(AudioBridge bridge, String name, Encoding encoding, double hertz) throws Exception {
        AudioPort port = bridge.openPort(name, new Overheard(), Runnable::run);
        TestPhone phone = new TestPhone(port, encoding, hertz, ssrcs++);
        port.join();
        return new Party(port, phone);
    }

    public static Pcm tone(double hertz, double seconds) {
        return Sines.pcm(hertz, seconds);
    }

    /** Level in dB of a tone in the 200 ms where it is loudest. */
    public static double loudest(short[] samples, double hertz) {
        double best = -120;
        for (int at = 0; at + 1_600 <= samples.length; at += 800)
            best = Math.max(best, Sines.level(Arrays.copyOfRange(samples, at, at + 1_600), hertz));
        return best;
    }
}
