package org.infrafabric.sim;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.infrafabric.store.StoreFailure;
import org.infrafabric.time.HandTimers;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.Witness;
import org.infrafabric.witness.WitnessLog;

/**
 * The log behind a disk that takes its time: a change is on it some milliseconds after it was handed in, and its writer hears of that some milliseconds later,
 * in the order of handing in. So a process may die with a change lost, or with one kept that it never heard of.
 */
final class SimDisk implements Witness {
    private static final int SATURATED = 400;

    private final WitnessLog log;
    private final HandTimers world;
    private final Life life;
    private final Dice dice;
    private long writtenNanos;
    private long toldNanos;
    private int waiting;
    private boolean full;

    SimDisk(WitnessLog log, HandTimers world, Life life, Dice dice) {
        this.log = log;
        this.world = world;
        this.life = life;
        this.dice = dice;
        this.writtenNanos = world.nowNanos();
        this.toldNanos = world.nowNanos();
    }

    void full(boolean now) { full = now; }

    @Override
    public CompletableFuture<List<Entry>> append(Change change) {
        CompletableFuture<List<Entry>> done = new CompletableFuture<>();
        waiting++;
        writtenNanos = Math.max(writtenNanos, world.nowNanos()) + dice.between(0, 8).toNanos();
        toldNanos = Math.max(toldNanos, writtenNanos + dice.between(0, 4).toNanos());
        long told = toldNanos;
        var unused = life.at(writtenNanos, () -> {
            waiting--;
            CompletableFuture<List<Entry>> written = full ? CompletableFuture.failedFuture(new StoreFailure("the disk is full")) : log.append(change);
            var unusedToo = life.at(told, () -> tell(written, done));
        });
        return done;
    }

    @Override
    public boolean saturated() { return full || waiting > SATURATED; }

    private static void tell(CompletableFuture<List<Entry>> written, CompletableFuture<List<Entry>> writer) {
        var unused = written.whenComplete((entries, failure) -> {
            if (failure == null) writer.complete(entries);
            else writer.completeExceptionally(failure);
        });
    }
}
