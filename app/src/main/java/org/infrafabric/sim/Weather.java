package org.infrafabric.sim;

import java.time.Duration;

/** Lets faults happen, each kind at its own pace, until it is told to stop. */
final class Weather {
    private final World world;
    private final Dice dice;
    private boolean over;

    Weather(World world) {
        this.world = world;
        this.dice = world.dice;
    }

    void begin() {
        if (world.faults.contains(Fault.RESTARTS)) again(20_000, 400_000, world::crash);
        if (world.faults.contains(Fault.DISK)) again(30_000, 300_000, this::fillDisk);
        if (world.faults.contains(Fault.CLOCK)) again(30_000, 400_000, () -> world.jumpClock(dice.between(-3_600_000, 3_600_000)));
        if (world.faults.contains(Fault.CALLBACKS)) {
            again(20_000, 300_000, () -> world.callbacksDown(dice.percent(20) ? Duration.ofHours(3) : dice.between(1_000, 60_000)));
        }
        if (world.faults.contains(Fault.VOICE)) again(30_000, 400_000, this::loseVoice);
    }

    void end() {
        over = true;
        world.calm();
    }

    private void fillDisk() {
        world.diskFull(true);
        var unused = world.timers.after(dice.between(50, 40_000), () -> {
            if (!over) world.diskFull(false);
        });
    }

    private void loseVoice() {
        world.hoarse(true);
        var unused = world.timers.after(dice.between(5_000, 90_000), () -> world.hoarse(false));
    }

    private void again(long least, long most, Runnable fault) {
        var unused = world.timers.after(dice.between(least, most), () -> {
            if (over) return;
            fault.run();
            again(least, most, fault);
        });
    }
}
