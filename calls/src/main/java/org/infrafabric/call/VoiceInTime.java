package org.infrafabric.call;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.infrafabric.media.Pcm;
import org.infrafabric.time.Timers;

/** Waits for a voice, but not for ever: a short tone stands in for one that fails or is late. Owner's thread only. */
final class VoiceInTime {
    /** A voice that has not spoken by then is replaced by {@link Tones#NOTICE}: silence would be taken for a dead line. */
    private static final Duration AT_MOST = Duration.ofSeconds(8);

    private final Executor owner;
    private final Timers timers;

    VoiceInTime(Executor owner, Timers timers) {
        this.owner = owner;
        this.timers = timers;
    }

    /** What became of something of which this was said. */
    static Conference.Said said(Pcm audio) {
        return audio == Tones.NOTICE ? Conference.Said.TONE : Conference.Said.SPOKEN;
    }

    /** Hands over the audio on the owner's thread, or the tone that stands in for it. Exactly once. */
    void take(CompletableFuture<Pcm> audio, Consumer<Pcm> take) {
        if (audio.isDone()) {
            take.accept(audio.isCompletedExceptionally() ? Tones.NOTICE : audio.join());
            return;
        }
        boolean[] taken = new boolean[1]; // owner's thread only
        Timers.Timer late = timers.after(AT_MOST, () -> {
            if (taken[0]) return;
            taken[0] = true;
            take.accept(Tones.NOTICE);
        });
        var unused = audio.whenComplete((pcm, failure) -> owner.execute(() -> {
            if (taken[0]) return;
            taken[0] = true;
            late.cancel();
            take.accept(failure == null ? pcm : Tones.NOTICE);
        }));
    }
}
