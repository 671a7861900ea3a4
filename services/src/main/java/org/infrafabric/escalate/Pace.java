package org.infrafabric.escalate;

import java.time.Duration;

/**
 * How patient an escalation is.
 *
 * @param acceptWindow from answering to pressing 1 (CONTRACT §6: 15 s); the prompt is spoken at its beginning and at its half
 * @param rungs how experts are called, rung after rung
 * @param guardianRing how long a guardian's phone rings at a time
 * @param guardianPause before a guardian who did not answer is called again; grows with each attempt, up to six times
 * @param deafAfterJoining digits in this time after joining are no votes (CONTRACT §3: 2 s)
 * @param settle voting closes so long after the last change that left nothing open (CONTRACT §3: 5 s)
 * @param reminder between two waiting prompts
 * @param farewell at most so long for last words before hanging up
 * @param hangUp at most so long for a leg to end once it was told to
 */
public record Pace(Duration acceptWindow, RungRules rungs, Duration guardianRing, Duration guardianPause,
        Duration deafAfterJoining, Duration settle, Duration reminder, Duration farewell, Duration hangUp) {

    public static final Pace USUAL = new Pace(Duration.ofSeconds(15), RungRules.USUAL, Duration.ofSeconds(25), Duration.ofSeconds(5),
            Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(40));

    /** The same with other rules for the rungs. */
    public Pace with(RungRules other) {
        return new Pace(acceptWindow, other, guardianRing, guardianPause, deafAfterJoining, settle, reminder, farewell, hangUp);
    }
}
