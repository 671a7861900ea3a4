package org.infrafabric.escalate;

import java.time.Duration;
import org.infrafabric.guard.Accept;
import org.infrafabric.guard.Expert;
import org.infrafabric.guard.Guardian;

/** Somebody who is to be reached: how often that was tried and when it is tried again. Belongs to its escalation. */
final class Callee {
    enum Role { EXPERT, GUARDIAN }

    final Role role;
    final String name; // an expert's URI, a guardian's id
    final String uri;
    final Accept accept;
    final Duration ringTimeout;
    final String postAnswerDigits;
    int attempts;
    long callAgainNanos = Due.NEVER;
    boolean spent; // not to be called any more
    int leg; // the one that is live, 0 for none

    private Callee(Role role, String name, String uri, Accept accept, Duration ringTimeout, String postAnswerDigits) {
        this.role = role;
        this.name = name;
        this.uri = uri;
        this.accept = accept;
        this.ringTimeout = ringTimeout;
        this.postAnswerDigits = postAnswerDigits;
    }

    static Callee of(Expert expert) {
        return new Callee(Role.EXPERT, expert.uri(), expert.uri(), expert.accept(), expert.ringTimeout(), expert.postAnswerDigits());
    }

    static Callee of(Guardian guardian, Duration ringTimeout) {
        return new Callee(Role.GUARDIAN, guardian.id(), guardian.uri(), guardian.accept(), ringTimeout, "");
    }

    /** Nothing is under way to this one and nothing will be. */
    boolean done() { return spent && leg == 0; }

    void giveUp() {
        spent = true;
        callAgainNanos = Due.NEVER;
    }
}
