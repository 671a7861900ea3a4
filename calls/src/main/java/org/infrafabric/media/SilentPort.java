package org.infrafabric.media;

import java.net.InetSocketAddress;

/** A port without sound or sockets, for who needs the signalling of calls alone: benches, simulations, tests. What one of them does need, it overrides. */
public class SilentPort implements AudioPort {
    private final InetSocketAddress local;

    /** @param local what it says of where it receives; nothing listens there */
    public SilentPort(InetSocketAddress local) { this.local = local; }

    @Override
    public InetSocketAddress local() { return local; }

    @Override
    public void connect(Negotiated media) {}

    /** Never said, so {@code finished} never runs. */
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
