package org.infrafabric.speech;

import com.sun.speech.freetts.audio.AudioPlayer;
import com.sun.speech.freetts.en.us.cmu_us_kal.KevinVoiceDirectory;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.sound.sampled.AudioFormat;
import org.infrafabric.media.Pcm;
import org.jspecify.annotations.Nullable;

/**
 * The voice that is always there: FreeTTS, an American male diphone voice, in this process and without any device. Reads English. It keeps state
 * between sentences, so that one thread of its own speaks for all; loaded at the first text (about 0.3 s), then some milliseconds a sentence.
 */
public final class EmbeddedVoice implements Voice {
    /** The same speaker as "kevin16", which speaks at 16 kHz: alike within the telephone's band (1 dB), for less than half the work. */
    private static final String VOICE = "kevin";
    private static final int RATE = 8000;
    private static final int MOST_WAITING = 1_024;
    /** The mean that is known of its work follows the last so many texts. */
    private static final int REMEMBERED = 16;

    private final ThreadPoolExecutor speaker;
    private volatile long nanosForOne = 5_000_000; // written by the speaker alone
    private com.sun.speech.freetts.@Nullable Voice engine;

    public EmbeddedVoice() {
        speaker = new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING),
                task -> Thread.ofPlatform().daemon().name("voice-embedded").unstarted(task));
        speaker.allowCoreThreadTimeOut(true);
    }

    @Override
    public CompletableFuture<Pcm> speak(String text) {
        CompletableFuture<Pcm> speech = new CompletableFuture<>();
        try {
            speaker.execute(() -> {
                try {
                    speech.complete(render(SpokenText.english(text)));
                } catch (IOException | RuntimeException failure) {
                    speech.completeExceptionally(failure instanceof IOException ? failure : new IOException("embedded voice: " + failure, failure));
                }
            });
        } catch (RejectedExecutionException full) {
            speech.completeExceptionally(
                    new IOException("embedded voice: " + (speaker.isShutdown() ? "closed" : MOST_WAITING + " texts wait already"), full));
        }
        return speech;
    }

    @Override
    public long behindMillis() { return speaker.getQueue().size() * nanosForOne / 1_000_000; }

    @Override
    public String name() { return "embedded"; }

    @Override
    public void close() { speaker.shutdown(); }

    private Pcm render(String text) throws IOException {
        if (engine == null) engine = load();
        Memory memory = new Memory();
        engine.setAudioPlayer(memory);
        long begun = System.nanoTime();
        if (!engine.speak(text)) throw new IOException("embedded voice: could not speak");
        nanosForOne += (System.nanoTime() - begun - nanosForOne) / REMEMBERED;
        return Resampler.to(RATE, memory.sound());
    }

    /** Straight from its class: FreeTTS's own search for voices would look through directories and load what it finds there. */
    private static com.sun.speech.freetts.Voice load() throws IOException {
        for (com.sun.speech.freetts.Voice voice : new KevinVoiceDirectory().getVoices())
            if (voice.getName().equals(VOICE)) {
                voice.allocate();
                return voice;
            }
        throw new IOException("embedded voice: no '" + VOICE + "' in its library");
    }

    /** FreeTTS plays into this instead of a sound device: 16-bit big-endian samples, one channel. Its own threads call one after another. */
    private static final class Memory implements AudioPlayer {
        /** Three minutes, which only numbers without end reach; what comes after is not kept. */
        private static final int MOST_SAMPLES = 180 * RATE;

        private @Nullable AudioFormat format;
        private short[] samples = new short[2 * RATE];
        private int count;
        private float volume = 1;

        synchronized Pcm sound() throws IOException {
            AudioFormat known = format;
            if (known == null || count == 0) throw new IOException("embedded voice: nothing in this text can be spoken");
            if (known.getSampleSizeInBits() != 16 || known.getChannels() != 1 || !known.isBigEndian())
                throw new IOException("embedded voice: unexpected format " + known);
            return new Pcm(Arrays.copyOf(samples, count), (int) known.getSampleRate());
        }

        @Override
        public synchronized boolean write(byte[] audio, int offset, int size) {
            int more = Math.min(size / 2, MOST_SAMPLES - count);
            if (count + more > samples.length) samples = Arrays.copyOf(samples, Math.max(samples.length * 2, count + more));
            for (int i = offset; i < offset + 2 * more; i += 2)
                samples[count++] = (short) (audio[i] << 8 | audio[i + 1] & 0xFF);
            return true;
        }

        @Override
        public boolean write(byte[] audio) { return write(audio, 0, audio.length); }

        @Override
        public synchronized void setAudioFormat(AudioFormat stated) { format = stated; }

        @Override
        public synchronized @Nullable AudioFormat getAudioFormat() { return format; }

        @Override
        public synchronized float getVolume() { return volume; }

        @Override
        public synchronized void setVolume(float stated) { volume = stated; }

        @Override
        public void begin(int size) {}

        @Override
        public boolean end() { return true; }

        @Override
        public boolean drain() { return true; }

        @Override
        public void pause() {}

        @Override
        public void resume() {}

        @Override
        public void reset() {}

        @Override
        public void cancel() {}

        @Override
        public void close() {}

        @Override
        public long getTime() { return 0; }

        @Override
        public void resetTime() {}

        @Override
        public void startFirstSampleTimer() {}

        @Override
        public void showMetrics() {}
    }
}
