package org.infrafabric.sip;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.infrafabric.media.SilentPort;

/** A port without sound, that keeps what was negotiated. */
final class TestAudio extends SilentPort {
    final List<Negotiated> connected = new CopyOnWriteArrayList<>();
    List<Encoding> encodings = Encoding.G711;
    boolean broken;

    TestAudio(int port) { super(new InetSocketAddress("127.0.0.1", port)); }

    @Override
    public List<Encoding> encodings() { return encodings; }

    @Override
    public void connect(Negotiated media) {
        if (broken) throw new IllegalStateException("a fault of ours");
        connected.add(media);
    }
}
