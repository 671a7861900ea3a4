package org.infrafabric.phones;

import java.util.ArrayList;
import java.util.List;
import org.infrafabric.media.AudioBridge;
import org.infrafabric.media.Pcm;

/** What one phone hears in one call: keeps it, and tells sound from quiet. The media loop feeds it; any thread may ask. */
final class Ear implements AudioBridge.Tap {
    static final int RATE = 8000;
    static final int TICK_SAMPLES = 160;
    /** −44 dBFS: under any speech, over the noise floor of prompts. */
    private static final int LOUD_RMS = 200;
    private static final int CHUNK_TICKS = 500;

    private final int longestTicks;
    private final Runnable ended;
    private final List<short[]> chunks = new ArrayList<>();
    private long firstTick = -1;
    private long ticks;
    private long loudTicks;
    private long lastLoudTick = -1;

    /**
     * @param longestTicks how much is kept, in ticks of 20 ms; what comes later is heard but not kept
     * @param ended runs on the media loop when nothing more comes
     */
    Ear(int longestTicks, Runnable ended) {
        this.longestTicks = longestTicks;
        this.ended = ended;
    }

    @Override
    public synchronized void opened(int party, String name, long tick) {
        if (firstTick < 0) firstTick = tick;
    }

    @Override
    public synchronized void said(int party, long tick, short[] samples) {
        int at = (int) Math.min(tick - firstTick, longestTicks);
        if (rms(samples) >= LOUD_RMS) {
            loudTicks++;
            lastLoudTick = tick - firstTick;
        }
        if (at < 0 || at >= longestTicks) return;
        while (chunks.size() <= at / CHUNK_TICKS)
            chunks.add(new short[CHUNK_TICKS * TICK_SAMPLES]);
        System.arraycopy(samples, 0, chunks.get(at / CHUNK_TICKS), at % CHUNK_TICKS * TICK_SAMPLES, Math.min(samples.length, TICK_SAMPLES));
    }

    @Override
    public synchronized void mix(long tick, short[] samples) { ticks = tick - firstTick + 1; }

    @Override
    public void ended() { ended.run(); }

    /** Ticks with sound in them so far. */
    synchronized long loudTicks() { return loudTicks; }

    /** Ticks since the last with sound in it; all of them when there was none. */
    synchronized long quietTicks() { return ticks - 1 - lastLoudTick; }

    /** From the first tick to now, silence where nothing came. */
    synchronized Pcm heard() {
        short[] all = new short[(int) Math.max(0, Math.min(ticks, longestTicks)) * TICK_SAMPLES];
        for (int i = 0; i < chunks.size(); i++) {
            int from = i * CHUNK_TICKS * TICK_SAMPLES;
            System.arraycopy(chunks.get(i), 0, all, from, Math.max(0, Math.min(CHUNK_TICKS * TICK_SAMPLES, all.length - from)));
        }
        return new Pcm(all, RATE);
    }

    private static double rms(short[] samples) {
        double sum = 0;
        for (short sample : samples)
            sum += (double) sample * sample;
        return Math.sqrt(sum / samples.length);
    }
}
