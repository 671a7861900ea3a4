package org.infrafabric.media;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A listener that keeps what it was told. */
final class Overheard implements AudioPort.Listener {
    final BlockingQueue<String> news = new LinkedBlockingQueue<>();

    @Override
    public void onFirstPacket() { news.add("first"); }

    @Override
    public void onDigit(char digit) { news.add("digit " + digit); }

    @Override
    public void onSilence() { news.add("silence"); }

    /** The next news, or empty after two seconds. */
    String next() throws InterruptedException {
        String next = news.poll(2, TimeUnit.SECONDS);
        return next == null ? "" : next;
    }
}
