package org.infrafabric.call;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.infrafabric.media.AudioPort;
import org.infrafabric.media.Pcm;

/** What one party is being told: line after line in the order they were asked for, even when a later one is ready earlier. Owner's thread only. */
final class Speech {
    private final VoiceInTime voice;
    private final Supplier<AudioPort> port;
    private final Deque<Line> lines = new ArrayDeque<>();

    /** @param port open from the first line to the last */
    Speech(VoiceInTime voice, Supplier<AudioPort> port) {
        this.voice = voice;
        this.port = port;
    }

    /** Adds a line: its parts one after another, each as soon as it is there; {@code finished} is told when it is over. */
    void say(List<CompletableFuture<Pcm>> parts, Consumer<Conference.Said> finished) {
        Line line = new Line(parts, finished);
        lines.add(line);
        await(line);
    }

    /** Stops, and says nothing of what was to come. */
    void hush() {
        drop();
        port.get().stopPlaying();
    }

    /** Forgets what was to come. */
    void drop() {
        List<Line> dropped = new ArrayList<>(lines);
        lines.clear();
        dropped.forEach(line -> line.finished.accept(Conference.Said.SPOKEN));
    }

    private void await(Line line) {
        voice.take(line.parts.get(line.taken), part -> {
            if (!lines.contains(line)) return;
            line.take(part);
            sayReady();
            if (!line.complete()) await(line);
        });
    }

    private void sayReady() {
        for (Line line = lines.peek(); line != null; line = lines.peek()) {
            for (Pcm part = line.ready.poll(); part != null; part = line.ready.poll()) {
                Line said = line;
                boolean last = line.complete() && line.ready.isEmpty();
                port.get().play(part, last ? () -> said.finished.accept(said.outcome) : () -> {});
            }
            if (!line.complete()) return;
            lines.remove();
        }
    }

    /** One line, part by part. */
    private static final class Line {
        private final List<CompletableFuture<Pcm>> parts;
        private final Consumer<Conference.Said> finished;
        private final Deque<Pcm> ready = new ArrayDeque<>();
        private int taken;
        private Conference.Said outcome = Conference.Said.SPOKEN;

        private Line(List<CompletableFuture<Pcm>> parts, Consumer<Conference.Said> finished) {
            this.parts = List.copyOf(parts);
            this.finished = finished;
        }

        private void take(Pcm part) {
            ready.add(part);
            taken++;
            outcome = VoiceInTime.said(part);
        }

        /** Nothing more of it is waited for. */
        private boolean complete() { return taken == parts.size() || outcome == Conference.Said.TONE; }
    }
}
