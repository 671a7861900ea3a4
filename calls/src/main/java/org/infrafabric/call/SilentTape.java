package org.infrafabric.call;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.infrafabric.media.AudioBridge;
import org.infrafabric.record.Recording;

/** A tape that keeps nothing but its label, for who needs the course of calls alone: simulations, tests. When its bridge ends it, it has one track of a second. */
public final class SilentTape implements Tape, AudioBridge.Tap {
    private static final Recording.Track MIX = new Recording.Track("mix", Path.of("mix.wav"), 1_000, "00".repeat(32));

    private final CompletableFuture<Recording.Result> finished = new CompletableFuture<>();

    @Override
    public AudioBridge.Tap tap() { return this; }

    @Override
    public CompletableFuture<Recording.Result> finished() { return finished; }

    @Override
    public void ended() { finished.complete(new Recording.Result(Path.of("."), List.of(MIX), 0, Optional.empty())); }
}
