package org.infrafabric.record;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/** Records for as long as it lives, so that a test can end it in any way: frame {@code n} holds {@code n mod 30,000 + 1} in each sample. */
final class RecordingProcess {
    private RecordingProcess() {}

    /** @param arguments the folder, the rate of the mix, and how many ticks are recorded before it ends by itself */
    public static void main(String[] arguments) throws Exception {
        int rate = Integer.parseInt(arguments[1]);
        Recording recording = Recording.into(Path.of(arguments[0]), rate);
        recording.opened(0, "expert", 0);
        long start = System.nanoTime();
        for (int tick = 0; tick < Integer.parseInt(arguments[2]); tick++) {
            for (long wait = start + tick * 20_000_000L - System.nanoTime(); wait > 0; wait = start + tick * 20_000_000L - System.nanoTime())
                LockSupport.parkNanos(wait);
            short[] frame = new short[rate / 50];
            Arrays.fill(frame, (short) (tick % 30_000 + 1));
            recording.said(0, tick, frame);
            recording.mix(tick, frame);
            System.out.println("tick " + tick);
        }
        recording.ended();
        Recording.Result result = recording.finished().get();
        System.out.println("failure " + result.failure().orElse("none") + " files " + result.files().size());
    }
}
