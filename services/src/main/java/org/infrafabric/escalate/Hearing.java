package org.infrafabric.escalate;

import java.time.Duration;

/**
 * The expert who has accepted hears the case, and where there is no council decides it. A case that was not heard does not count as told: it is told again,
 * and in the end somebody else is asked. Belongs to its escalation.
 */
final class Hearing {
    /** What a briefing may take at most; sound that never ends must not hold an escalation. */
    private static final Duration BRIEFING_AT_MOST = Duration.ofSeconds(180);
    /** With no voice to tell the case, so often, and so long between. */
    private static final int TRIES = 4;
    private static final Duration AGAIN = Duration.ofSeconds(3);

    private final Pace pace;
    private final Out out;
    private int tries;
    private boolean untold;
    private long aloneUntilNanos = Due.NEVER;

    Hearing(Pace pace, Out out) {
        this.pace = pace;
        this.out = out;
    }

    void begin(Party expert, long nowNanos) {
        expert.phase = Party.Phase.BRIEFING;
        tries = 0;
        tell(expert, nowNanos);
    }

    private void tell(Party expert, long nowNanos) {
        tries++;
        untold = false;
        expert.dueNanos = nowNanos + BRIEFING_AT_MOST.toNanos();
        out.say(expert.leg, Phrase.BRIEFING);
    }

    /** There was no voice. False when it was tried often enough. */
    boolean again(Party expert, long nowNanos) {
        if (tries >= TRIES) return false;
        untold = true;
        expert.dueNanos = nowNanos + AGAIN.toNanos();
        return true;
    }

    /** The expert's time is due: tells again what was not heard. False when it was told and goes on for too long. */
    boolean retold(Party expert, long nowNanos) {
        if (!untold) return false;
        tell(expert, nowNanos);
        return true;
    }

    /** The expert decides, alone, within this time. */
    void decides(Party expert, Duration deadline, long nowNanos) {
        expert.phase = Party.Phase.DECIDING;
        expert.dueNanos = nowNanos + pace.reminder().toNanos();
        aloneUntilNanos = nowNanos + deadline.toNanos();
        out.say(expert.leg, Phrase.DECIDE);
    }

    /** Nobody has the case any more. */
    void end() { aloneUntilNanos = Due.NEVER; }

    /** When the time of who decides alone is over. */
    long aloneUntilNanos() { return aloneUntilNanos; }
}
