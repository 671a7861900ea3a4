package org.infrafabric.media;

/** Brings a stream of samples, of any length at a time, to the other of our two rates, in the array in which they stand. */
final class Converter {
    private final HalfBand filter = new HalfBand();
    private final int[] narrow = new int[Frames.NARROW];
    private final int[] wide = new int[Frames.WIDE];
    private short[] from = new short[Frames.WIDE];

    /** {@code length} samples from {@code at} on become twice as many; there must be room. Gives how many. */
    int up(short[] sound, int at, int length) {
        keep(sound, at, length);
        for (int done = 0; done < length; done += Frames.NARROW) {
            int some = Math.min(Frames.NARROW, length - done);
            for (int i = 0; i < some; i++) narrow[i] = from[done + i];
            filter.up(narrow, wide, some);
            for (int i = 0; i < 2 * some; i++) sound[at + 2 * done + i] = (short) G711.clamp(wide[i]);
        }
        return 2 * length;
    }

    /** {@code length} samples, an even number, become half as many. */
    int down(short[] sound, int at, int length) {
        keep(sound, at, length);
        for (int done = 0; done < length / 2; done += Frames.NARROW) {
            int some = Math.min(Frames.NARROW, length / 2 - done);
            for (int i = 0; i < 2 * some; i++) wide[i] = from[2 * done + i];
            filter.down(wide, narrow, some);
            for (int i = 0; i < some; i++) sound[at + done + i] = (short) G711.clamp(narrow[i]);
        }
        return length / 2;
    }

    private void keep(short[] sound, int at, int length) {
        if (from.length < length) from = new short[length];
        System.arraycopy(sound, at, from, 0, length);
    }
}
