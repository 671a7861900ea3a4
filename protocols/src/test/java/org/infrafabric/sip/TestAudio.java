package org.infrafabric.sip;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.infrafabric.media.AudioPort;
import org.infrafabric.media.Pcm;

/** A port without sound, that keeps what was negotiated. */
final class TestAudio implements AudioPort {
    final List<Negotiated> connected = new CopyOnWriteArrayList<>();
    boolean broken;
    private final InetSocketAddress local;

    TestAudio(int port) { local = new InetSocketAddress("127.0.0.1", port); }

    @Override
    public InetSocketAddress local() { return local; }

    @Override
    public void connect(Negotiated media) {
        if (broken) throw new IllegalStateException("a fault of ours");
        connected.add(media);
    }

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
