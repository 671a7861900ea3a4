package org.infrafabric.witness;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.infrafabric.message.TraceIds;
import org.infrafabric.store.StoreFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies the whole log once while its bus runs: opening looks at the end alone, so that a start takes no longer in a large log. It has a thread of its own
 * and takes its time, more of it while there is other work. A fault is told to the operator and to the log itself, and no new escalation is taken after it ({@link WitnessLog#saturated}).
 */
public final class WholeCheck implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WholeCheck.class);
    private static final int AT_ONCE = 32;           // some 3 ms of one core
    /** With the work itself, below 2,000 entries a second and a fifth of a core: a million in some ten minutes. */
    static final Duration BESIDE_WORK = Duration.ofMillis(16);
    /** As long as a step itself: half a core, by that reckoning. Work that comes waits for nothing: it finds the other half, and the next step sees it. */
    static final Duration ALONE = Duration.ofMillis(3);
    /** What was just at work is likely to go on. */
    private static final int STEPS_AFTER_WORK = 16;

    private final WitnessLog log;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().name("log-check").daemon().unstarted(this::run);
    private final BooleanSupplier work;
    private final Consumer<Duration> told;
    private volatile long verified;
    private long head;
    private int besideWork;

    /** @param work whether the bus has any now, beside what it writes to the log: calls */
    public WholeCheck(WitnessLog log, BooleanSupplier work) {
        this(log, work, pause -> {});
    }

    /** @param told of each pause before it is made */
    WholeCheck(WitnessLog log, BooleanSupplier work, Consumer<Duration> told) {
        this.log = log;
        this.work = work;
        this.told = told;
    }

    /** Once. */
    public void start() { thread.start(); }

    /** Seq of the last entry that was found to be good. */
    public long verified() { return verified; }

    private void run() {
        try {
            Verifier.Pace pace = new Verifier.Pace(AT_ONCE, false, this::rest);
            Optional<Verdict> verdict = new Verifier(List.of(), Optional.empty()).verify(log.store(), pace);
            if (verdict.isEmpty()) return; // the bus stops
            Verdict.Fault fault = verdict.get().fault().orElse(null);
            if (fault != null) tell(fault);
            else
                if (verdict.get().entries() > LogOpening.HELD_AGAINST_TREE) // else its start has said as much
                    LOG.info("the witness log is whole: {} entries, as they were at the start", verdict.get().entries());
        } catch (StoreFailure unread) {
            LOG.warn("the witness log could not be verified to its end, only up to seq {}: {}", verified, unread.getMessage());
        }
    }

    private boolean rest(long upTo) {
        verified = upTo;
        try {
            Duration pause = pause();
            told.accept(pause);
            return !stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    private Duration pause() {
        long now = log.head();
        besideWork = now != head || work.getAsBoolean() ? STEPS_AFTER_WORK : Math.max(0, besideWork - 1);
        head = now;
        return besideWork > 0 ? BESIDE_WORK : ALONE;
    }

    private void tell(Verdict.Fault fault) {
        LOG.error("the witness log is broken at seq {}: {}; no new escalation is taken, what runs goes on. 'ifbus witness verify' says the same;"
                + " the runbook says what to do", fault.seq(), fault.what());
        var unused = log.broken(fault, TraceIds.random(new SecureRandom()));
    }

    /** Waits for the step that runs. */
    @Override
    public void close() {
        stopping.countDown();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
