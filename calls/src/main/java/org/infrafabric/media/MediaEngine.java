package org.infrafabric.media;

import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.infrafabric.media.AudioPort.Encoding;

/** Opens audio bridges and runs them on loops of its own. Any thread may call. */
public final class MediaEngine implements AutoCloseable {
    /**
     * Where and how media runs.
     *
     * @param address RTP is received at, and named in SDP; not the wildcard
     * @param firstPort of the range for RTP and RTCP, 1 to 65535
     * @param lastPort of it, at least one pair above
     * @param loops threads that mix; a bridge lives on one of them
     * @param encodings that are offered and taken, best first
     * @param silence without RTP and RTCP after which a peer is taken for dead ({@link AudioPort.Listener#onSilence}); zero: never
     */
    public record Settings(InetAddress address, int firstPort, int lastPort, int loops, List<Encoding> encodings, Duration silence) {
        public Settings {
            if (address.isAnyLocalAddress() || address.isMulticastAddress())
                throw new IllegalArgumentException("media.address must be one that peers can send to, not " + address.getHostAddress());
            int even = firstPort + (firstPort & 1);
            if (firstPort < 1 || lastPort > 65_535 || even + 1 > lastPort)
                throw new IllegalArgumentException(
                        "media.ports must hold an even port and the one above, within 1-65535: " + firstPort + "-" + lastPort);
            if (loops < 1 || loops > 64) throw new IllegalArgumentException("media loops must be 1 to 64, not " + loops);
            if (encodings.isEmpty() || Set.copyOf(encodings).size() != encodings.size())
                throw new IllegalArgumentException("media.codecs must name at least one, and each once: " + encodings);
            encodings = List.copyOf(encodings);
            if (silence.isNegative() || silence.compareTo(Duration.ofDays(1)) > 0)
                throw new IllegalArgumentException("media.timeout must be from 0 to a day, not " + silence);
        }

        /** For phones that know G.711 alone and wait for ever. */
        public Settings(InetAddress address, int firstPort, int lastPort, int loops) {
            this(address, firstPort, lastPort, loops, Encoding.G711, Duration.ZERO);
        }

        /** As many loops as a machine of this size can use without starving signalling: half its cores. */
        public static Settings at(InetAddress address, int firstPort, int lastPort, List<Encoding> encodings, Duration silence) {
            return new Settings(address, firstPort, lastPort, Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 64), encodings, silence);
        }
    }

    private final SecureRandom random = new SecureRandom();
    private final LoopCounters counters = new LoopCounters();
    private final MediaTerms terms;
    private final PortRange range;
    private final List<MediaLoop> loops = new ArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();
    private volatile boolean closed;

    public MediaEngine(Settings settings) {
        range = new PortRange(settings.address(), settings.firstPort(), settings.lastPort(), random.nextInt(65_536));
        terms = new MediaTerms(settings.encodings(), settings.silence().toNanos());
        Codecs codecs = new Codecs(settings.encodings().contains(Encoding.OPUS) ? LibOpus.found() : Optional.empty()); // the library is not even looked for in vain
        for (int i = 0; i < settings.loops(); i++) loops.add(new MediaLoop("media-" + i, counters, System::nanoTime, codecs));
        loops.forEach(MediaLoop::start);
    }

    /**
     * A bridge with nobody on it. Costs next to nothing until a port is opened; close it all the same.
     *
     * @throws IllegalStateException when the engine is closed
     */
    public AudioBridge openBridge() {
        if (closed) throw new IllegalStateException("the media engine is closed");
        MediaLoop loop = loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
        Opening opening = new Opening(loop);
        loop.add(opening.bridge);
        return opening.bridge;
    }

    public MediaCounters counters() { return counters; }

    /** Closes all bridges, and waits a moment for their goodbyes to be sent. Recordings end now; wait for {@code finished()} of each before the process ends. */
    @Override
    public void close() {
        closed = true;
        loops.forEach(MediaLoop::close);
    }

    /** Ties a bridge to its loop. */
    private final class Opening {
        private final RtpBridge bridge;

        private Opening(MediaLoop loop) {
            this.bridge = new RtpBridge(loop, this::port, counters, loop.scratch(), () -> loop.remove(bridge()));
        }

        private RtpBridge bridge() { return bridge; }

        private RtpPort port(RtpBridge on, int party, String name, AudioPort.Listener listener, Executor owner) throws IOException {
            PortRange.Pair sockets = range.open();
            int ssrc = random.nextInt();
            byte[] cname = new byte[12];                                  // 96 random bits, RFC 7022 §4.2
            random.nextBytes(cname);
            Rtcp rtcp = new Rtcp(ssrc, Base64.getUrlEncoder().withoutPadding().encodeToString(cname));
            RtpSender sender = new RtpSender(sockets.rtp(), ssrc, random.nextInt(0x8000), random.nextInt());
            return new RtpPort(on, party, name, sockets, listener, owner, sender,
                    new RtcpSession(sockets.rtcp(), rtcp, InstantSource.system(), random.nextLong()), terms);
        }
    }
}
