package org.infrafabric.speech;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLongArray;
import org.infrafabric.media.Pcm;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Voices in order of liking: when one fails the next one speaks, and the one that failed rests for a minute, so that not every prompt
 * waits for its timeout. Any thread.
 */
final class VoiceChain implements Voice {
    /** Monotonic nanoseconds. */
    interface Now {
        long nanos();
    }

    static final long REST_NANOS = 60_000_000_000L;
    private static final long WELL = Long.MIN_VALUE;
    private static final Logger LOG = LoggerFactory.getLogger(VoiceChain.class);

    private final List<Voice> voices;
    private final Now now;
    private final AtomicLongArray failedAt;

    VoiceChain(List<Voice> voices, Now now) {
        this.voices = List.copyOf(voices);
        this.now = now;
        this.failedAt = new AtomicLongArray(voices.size());
        for (int i = 0; i < voices.size(); i++)
            failedAt.set(i, WELL);
    }

    @Override
    public CompletableFuture<Pcm> speak(String text) { return speak(text, next(0)); }

    @Override
    public String name() { return voices.get(next(0)).name(); }

    @Override
    public long behindMillis() { return voices.stream().mapToLong(Voice::behindMillis).sum(); }

    private CompletableFuture<Pcm> speak(String text, int index) {
        Voice voice = voices.get(index);
        long begun = now.nanos();
        return voice.speak(text).thenApply(speech -> {
            recovered(index, begun);
            return speech;
        }).exceptionallyCompose(failure -> {
            if (index == voices.size() - 1) return CompletableFuture.failedFuture(cause(failure));
            int stand = next(index + 1);
            failed(index, stand, cause(failure));
            return speak(text, stand);
        });
    }

    /** The first from {@code index} on that does not rest; the last never rests. */
    private int next(int index) {
        int i = index;
        while (i < voices.size() - 1 && failedAt.get(i) != WELL && now.nanos() - failedAt.get(i) < REST_NANOS)
            i++;
        return i;
    }

    private void failed(int index, int stand, Throwable why) {
        boolean first = failedAt.getAndSet(index, now.nanos()) == WELL;
        if (first)
            LOG.warn("voice {} cannot speak: {}; {} speaks for it, tried again each minute", voices.get(index).name(), why.getMessage(),
                    voices.get(stand).name());
    }

    /** What was begun before the voice failed and came through all the same says nothing about now. */
    private void recovered(int index, long begun) {
        long failed = failedAt.get(index);
        if (failed == WELL || begun - failed < REST_NANOS) return;
        if (failedAt.compareAndSet(index, failed, WELL)) LOG.info("voice {} speaks again", voices.get(index).name());
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    @Override
    public void close() { voices.forEach(Voice::close); }
}
