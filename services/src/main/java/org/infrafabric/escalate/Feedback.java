package org.infrafabric.escalate;

import java.util.Optional;

/**
 * How useful an escalation's expert was, as one who took part saw it. Kept for routing; the words that may come with it stand as a blob beside the log, in the
 * entry {@code feedback_given}.
 *
 * @param expert URI of the expert who had accepted
 * @param usefulness 1 (of no use) to 5 (could not have been done without)
 * @param time of the entry, RFC 3339
 */
public record Feedback(String escalation, Rater rater, String expert, int usefulness, String time) {
    public static final int LEAST = 1;
    public static final int MOST = 5;
    /** Characters of a note. */
    public static final int LONGEST_NOTE = 2_000;

    /** Who may say it: the agent that asked, a guardian who was called, an operator. */
    public enum Role {
        AGENT, GUARDIAN, OPERATOR
    }

    /** @param id the agent's URI, the guardian's or the operator's id */
    public record Rater(Role role, String id) {}

    /**
     * What routing knows of an expert in one hazard.
     *
     * @param ratings how many
     * @param sum of all usefulness; divided by {@code ratings} it is the average
     */
    public record Standing(String expert, String hazard, long ratings, long sum) {}

    /** What became of it. */
    public sealed interface Result {
        record Kept(Feedback feedback) implements Result {}

        record NoSuchEscalation() implements Result {}

        /** There is no decision yet. */
        record TooEarly(EscalationView view) implements Result {}

        /** No expert had accepted. */
        record NobodyToRate(EscalationView view) implements Result {}

        /** The rater had no part in it. */
        record NotEntitled() implements Result {}
    }

    /** Throws IllegalArgumentException that says what is out of range. */
    static void check(int usefulness, Optional<String> note) {
        if (usefulness < LEAST || usefulness > MOST) throw new IllegalArgumentException("usefulness is " + LEAST + " to " + MOST);
        if (note.filter(text -> text.length() > LONGEST_NOTE).isPresent()) {
            throw new IllegalArgumentException("a note has at most " + LONGEST_NOTE + " characters");
        }
    }
}
