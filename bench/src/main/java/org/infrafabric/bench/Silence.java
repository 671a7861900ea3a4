package org.infrafabric.bench;

import java.net.InetSocketAddress;
import org.infrafabric.media.AudioPort;
import org.infrafabric.media.Pcm;

/** A port without media, for measuring signalling alone. */
final class Silence implements AudioPort {
    private static final InetSocketAddress LOCAL = new InetSocketAddress("127.0.0.1", 40_000);

    @Override
    public InetSocketAddress local() { return LOCAL; }

    @Override
    public void connect(Negotiated media) {}

    @Override
    public void play(Pcm audio, Runnable finished) {}

    @Override
    public void stopPlaying() {}

    @Override
    public void join() {}

    @Override
    public void leave() {}

    @Override
    public void mute(boolean muted) {}

    @Override
    public void sendDigit(char digit) {}

    @Override
    public Stats stats() { return new Stats(0, 0, 0, 0); }

    @Override
    public void close() {}
}
