package org.infrafabric.media;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A bridge whose parties come over RTP. Lives on one media loop. */
final class RtpBridge implements AudioBridge {
    private static final System.Logger LOG = System.getLogger(RtpBridge.class.getName());

    /** How a bridge comes by a port for one more party. */
    interface PortMaker {
        RtpPort open(RtpBridge bridge, int party, String name, AudioPort.Listener listener, Executor owner) throws IOException;
    }

    private final Executor loop;
    private final PortMaker maker;
    private final LoopCounters counters;
    private final Scratch scratch;
    private final Runnable ended;
    private final AtomicInteger parties = new AtomicInteger();
    private volatile boolean closed;

    private final List<RtpPort> ports = new ArrayList<>();
    private final Playback announcements = new Playback();
    private final Mix mix;
    private short[] mixed = {};
    private @Nullable Tap tap;
    private long ticks;
    private long nowNanos;

    /**
     * @param loop runs what other threads ask for
     * @param ended runs on the loop when the bridge is closed
     */
    RtpBridge(Executor loop, PortMaker maker, LoopCounters counters, Scratch scratch, Runnable ended) {
        this.loop = loop;
        this.maker = maker;
        this.counters = counters;
        this.scratch = scratch;
        this.ended = ended;
        this.mix = new Mix(scratch.codecs);
    }

    @Override
    public AudioPort openPort(String name, AudioPort.Listener listener, Executor owner) throws IOException {
        if (closed) throw new IOException("the bridge is closed");
        RtpPort port = maker.open(this, parties.getAndIncrement(), name, listener, owner);
        loop.execute(() -> {
            ports.add(port);
            if (tap != null) tap.opened(port.party(), port.name(), ticks);
            if (closed) remove(port);
        });
        return port;
    }

    @Override
    public void announce(Pcm audio) {
        audio.requireRate(8_000);
        loop.execute(() -> { if (!closed) announcements.add(audio, () -> {}); });
    }

    @Override
    public void record(Tap next) {
        loop.execute(() -> {
            endTap();
            if (closed) {
                next.ended();
                return;
            }
            tap = next;
            mixed = new short[next.mixRate() / 50];
            for (RtpPort port : ports) next.opened(port.party(), port.name(), ticks);
        });
    }

    @Override
    public void close() {
        loop.execute(() -> {
            if (closed) return;
            closed = true;
            while (!ports.isEmpty()) remove(ports.getLast());
            announcements.stop();
            mix.close();
            endTap();
            ended.run();
        });
    }

    void execute(Runnable work) { loop.execute(work); }

    LoopCounters counters() { return counters; }

    Scratch scratch() { return scratch; }

    /** Loop only. */
    void remove(RtpPort port) {
        if (ports.remove(port)) port.shut(scratch, nowNanos);
    }

    /** Whether anybody would notice that a mix came late. */
    boolean inUse() { return !ports.isEmpty(); }

    /** Ticks that the loop had no time for: to all clocks here they have passed, in silence. */
    void skip(long missed) { ticks += missed; }

    /** One tick: take what came, mix it, send it. */
    void tick(long now) {
        nowNanos = now;
        mix.clear();
        for (int i = 0; i < ports.size(); i++) {
            RtpPort port = ports.get(i);
            port.hear(scratch, mix, ticks, now);
            if (port.contributes()) mix.add(port.said());
        }
        mix.add(announcements);
        for (int i = 0; i < ports.size(); i++) ports.get(i).speak(scratch, mix, ticks, now);
        if (tap != null) feed(tap);
        ticks++;
    }

    private void feed(Tap to) {
        try {
            for (int i = 0; i < ports.size(); i++) {
                RtpPort port = ports.get(i);
                if (port.spoke()) to.said(port.party(), ticks, port.said());
            }
            mix.whole(mixed);
            to.mix(ticks, mixed);
        } catch (RuntimeException broken) {
            LOG.log(Level.ERROR, "a recording failed and is given up; the call goes on", broken);
            tap = null;
        }
    }

    private void endTap() {
        if (tap != null) tap.ended();
        tap = null;
    }
}
