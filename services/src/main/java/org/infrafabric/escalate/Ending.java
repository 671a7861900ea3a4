package org.infrafabric.escalate;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What comes after the decision: all are told and seen out, then the bridge is closed and the recording written. Belongs to its escalation. */
final class Ending {
    /** For the recording's files after the last leg. */
    private static final Duration TIDY_AT_MOST = Duration.ofSeconds(30);

    private final Out out;
    private final Parties parties;
    private @Nullable Verdict verdict;
    private long tidyNanos = Due.NEVER;
    private boolean tidying;
    private boolean over;

    Ending(Out out, Parties parties) {
        this.out = out;
        this.parties = parties;
    }

    boolean tidying() { return tidying; }

    /** Nothing is left to do, ever. */
    boolean over() { return over; }

    long dueNanos() { return tidyNanos; }

    Optional<Verdict> verdict() { return Optional.ofNullable(verdict); }

    void begin(State end, Verdict decided, long nowNanos) {
        verdict = decided;
        out.concluded(end, decided);
        seeOut(end, nowNanos);
    }

    private void seeOut(State end, long nowNanos) {
        boolean announced = false;
        for (Party party : parties.all()) {
            switch (party.phase) {
                case CALLING -> parties.drop(party, Words.of(end), nowNanos);
                case JOINED -> {
                    announced = true;
                    parties.leaving(party, nowNanos);
                }
                case EXTENSION, ASKED, BRIEFING, DECIDING -> parties.dismiss(party, Phrase.OUTCOME, nowNanos);
                case LEAVING, GONE -> {}
            }
        }
        if (announced) out.announce(Phrase.OUTCOME);
    }

    /** All in the mix have heard the outcome. */
    void onAnnounced(long nowNanos) {
        for (Party party : parties.all()) if (party.phase == Party.Phase.LEAVING) parties.drop(party, "the escalation is over", nowNanos);
    }

    void tidyIfEmpty(long nowNanos) {
        if (tidying || over || !parties.isEmpty()) return;
        tidying = true;
        tidyNanos = nowNanos + TIDY_AT_MOST.toNanos();
        out.tidy();
    }

    /** False when nobody was waiting for it. */
    boolean onTidied() {
        if (over || !tidying) return false;
        tidyNanos = Due.NEVER;
        over = true;
        return true;
    }
}
