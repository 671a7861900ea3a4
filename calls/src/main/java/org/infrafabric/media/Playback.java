package org.infrafabric.media;

import java.util.ArrayDeque;

/** Sounds that wait their turn to be played. Belongs to the media loop. */
final class Playback {
    private record Item(short[] samples, Runnable finished) {}

    private final ArrayDeque<Item> waiting = new ArrayDeque<>();
    private int position;

    void add(Pcm audio, Runnable finished) { waiting.add(new Item(audio.samples(), finished)); }

    boolean isPlaying() { return !waiting.isEmpty(); }

    /** Adds the next 20 ms to {@code sums}; what ends within it is told, and the next begins at the same sample. */
    void addTo(int[] sums) {
        int at = 0;
        while (at < sums.length) {
            Item item = waiting.peek();
            if (item == null) return;
            short[] samples = item.samples;
            int length = Math.min(sums.length - at, samples.length - position);
            for (int i = 0; i < length; i++) sums[at + i] += samples[position + i];
            at += length;
            position += length;
            if (position < samples.length) return;
            waiting.remove();
            position = 0;
            item.finished.run();
        }
    }

    /** Forgets all, and tells so. */
    void stop() {
        position = 0;
        for (Item item = waiting.poll(); item != null; item = waiting.poll()) item.finished.run();
    }
}
