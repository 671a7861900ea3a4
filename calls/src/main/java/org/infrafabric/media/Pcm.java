package org.infrafabric.media;

/**
 * Sound in memory: 16-bit linear samples, one channel.
 *
 * @param samples not to be changed by whoever holds it
 * @param rate samples a second
 */
public record Pcm(short[] samples, int rate) {
    public long durationMillis() { return samples.length * 1_000L / rate; }

    /** @throws IllegalArgumentException when this sound has another rate than {@code needed} */
    void requireRate(int needed) {
        if (rate != needed) throw new IllegalArgumentException("sound at " + rate + " samples a second, needed " + needed);
    }
}
