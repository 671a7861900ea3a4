package org.infrafabric.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stream of server-sent events (WHATWG HTML §9.2), read only for that something happened and for where to resume; what happened is then asked of the bus, so
 * a lost or forged line can delay an answer but never change it. The HTTP client's threads write, one thread waits.
 */
final class EventStream implements Flow.Subscriber<List<ByteBuffer>> {
    private static final int LONGEST_LINE = 1 << 20;

    private final Semaphore news = new Semaphore(0);
    private final byte[] id = new byte[64];              // the start of the line; ids are short
    private int length;
    private volatile Flow.@Nullable Subscription subscription;
    private volatile String lastEventId;
    private volatile boolean ended;

    EventStream(String lastEventId) { this.lastEventId = lastEventId; }

    String lastEventId() { return lastEventId; }

    boolean ended() { return ended; }

    /** Waits until something happened, the stream ended, or the time is over; what piled up meanwhile counts once. */
    void awaitNews(long nanos) throws InterruptedException {
        if (news.tryAcquire(nanos, TimeUnit.NANOSECONDS)) news.drainPermits();
    }

    /** To be called when nobody waits any more; idempotent. */
    void close() {
        Flow.Subscription open = subscription;
        if (open != null) open.cancel();
        end();
    }

    void end() {
        ended = true;
        news.release();
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        if (ended) given.cancel();
        else given.request(Long.MAX_VALUE);              // lines are read as they come and nothing is kept of them
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) while (buffer.hasRemaining()) octet(buffer.get());
    }

    @Override
    public void onError(Throwable failure) { end(); }

    @Override
    public void onComplete() { end(); }

    private void octet(byte octet) {
        if (octet == '\n' || octet == '\r') {
            line();
            length = 0;
        } else {
            if (length < id.length) id[length] = octet;
            if (++length > LONGEST_LINE) close();        // no event of a bus is that long
        }
    }

    private void line() {
        if (length == 0 || length > id.length && id[0] == ':') return;
        String start = new String(id, 0, Math.min(length, id.length), StandardCharsets.UTF_8);
        if (start.startsWith("data:")) news.release();
        else if (start.startsWith("id:") && length <= id.length && start.indexOf('\0') < 0) lastEventId = start.substring(3).strip();
    }
}
