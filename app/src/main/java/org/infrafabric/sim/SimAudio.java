package org.infrafabric.sim;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.infrafabric.call.SilentTape;
import org.infrafabric.call.Tape;
import org.infrafabric.media.AudioBridge;
import org.infrafabric.media.AudioPort;
import org.infrafabric.media.Pcm;
import org.infrafabric.media.SilentPort;
import org.infrafabric.speech.Voice;
import org.jspecify.annotations.Nullable;

/** Sound that is only as long as it would be: bridges, ports, a voice and a tape. */
final class SimAudio {
    private static final int RATE = 100; // samples a second, so that a minute of speech is small
    private static final int CHARACTERS_PER_SECOND = 15;
    private final Map<Integer, Pcm> speech = new HashMap<>();
    private final List<Bridge> bridges = new ArrayList<>();

    /** Bridges that were not closed. */
    long open() { return bridges.stream().filter(bridge -> !bridge.closed).count(); }

    AudioBridge bridge(Life life) {
        Bridge made = new Bridge(life);
        bridges.add(made);
        return made;
    }

    /** Those of a life that is over are gone with it. */
    void forget() { bridges.clear(); }

    /** @param lost whether it cannot speak now */
    Voice voice(BooleanSupplier lost, Dice dice) {
        return new Voice() {
            @Override
            public CompletableFuture<Pcm> speak(String text) {
                if (lost.getAsBoolean())
                    return dice.percent(50) ? CompletableFuture.failedFuture(new IOException("no voice")) : new CompletableFuture<>();
                int seconds = 1 + text.length() / CHARACTERS_PER_SECOND;
                return CompletableFuture.completedFuture(speech.computeIfAbsent(seconds, long_ -> new Pcm(new short[long_ * RATE], RATE)));
            }

            @Override
            public String name() { return "simulated"; }
        };
    }

    /** @param fails the folder cannot be written */
    static Tape tape(boolean fails) {
        if (fails) throw new IllegalStateException("the recording's folder cannot be made");
        return new SilentTape();
    }

    private static final class Bridge implements AudioBridge {
        private final Life life;
        private final List<Port> ports = new ArrayList<>();
        private @Nullable Tap tap;
        private boolean closed;

        Bridge(Life life) { this.life = life; }

        @Override
        public AudioPort openPort(String name, AudioPort.Listener listener, Executor owner) {
            Port port = new Port(life, listener);
            ports.add(port);
            return port;
        }

        @Override
        public void announce(Pcm audio) {}

        @Override
        public void record(Tap onto) { tap = onto; }

        @Override
        public void close() {
            closed = true;
            ports.forEach(Port::close);
            if (tap != null) tap.ended();
        }
    }

    /** A port whose party is heard through {@link #listener}. */
    static final class Port extends SilentPort {
        final Listener listener;
        private final Life life;
        private final List<Playing> playing = new ArrayList<>();
        private long busyUntilNanos;

        private static final class Playing {
            private final Runnable finished;
            private boolean done;

            Playing(Runnable finished) { this.finished = finished; }

            void finish() {
                if (done) return;
                done = true;
                finished.run();
            }
        }

        Port(Life life, Listener listener) {
            super(new InetSocketAddress(0));
            this.life = life;
            this.listener = listener;
        }

        @Override
        public void play(Pcm audio, Runnable finished) {
            Playing one = new Playing(finished);
            playing.add(one);
            busyUntilNanos = Math.max(busyUntilNanos, life.nowNanos()) + Duration.ofMillis(audio.durationMillis()).toNanos();
            var unused = life.at(busyUntilNanos, () -> {
                playing.remove(one);
                one.finish();
            });
        }

        @Override
        public void stopPlaying() {
            busyUntilNanos = life.nowNanos();
            List<Playing> stopped = List.copyOf(playing);
            playing.clear();
            for (Playing one : stopped) life.tell(one::finish);
        }

        @Override
        public void close() { stopPlaying(); }
    }
}
