package org.infrafabric.escalate;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What the outside may ask of the escalations. Any thread may call; answers come when what they tell of is durable. */
public interface Escalations {
    /**
     * Takes one IFMessage.
     *
     * @param body as it came, UTF-8 JSON, at most the configured size
     * @param agent the agent whose token came with it; empty for a token of all agents: then the message's source, and its signature, say whose it is
     * @param receivedNanos {@link System#nanoTime()} when the body was fully read; ringing is measured from here
     */
    CompletableFuture<Submission> submit(byte[] body, String agent, long receivedNanos);

    /** Ends an escalation before its decision; empty when there is none of that id, its view as it stands when it had ended already. */
    CompletableFuture<Optional<EscalationView>> cancel(String id, String by);

    /** A guardian votes over HTTP. */
    CompletableFuture<VoteResult> vote(String id, String guardian, Vote vote, List<String> conditions, Optional<String> reason);

    /**
     * Says after the call how useful the expert was; kept for routing. The last word of each rater counts.
     *
     * @param usefulness {@link Feedback#LEAST} to {@link Feedback#MOST}
     * @param note for people, at most {@link Feedback#LONGEST_NOTE} characters
     * @throws IllegalArgumentException one of them is out of range; the message says which
     */
    CompletableFuture<Feedback.Result> feedback(String id, Feedback.Rater rater, int usefulness, Optional<String> note);

    /** What was said of the expert of this escalation, oldest first. May block for the store. */
    List<Feedback> feedback(String id);

    /** What was said of each expert in each hazard, for routing. May block for the store. */
    List<Feedback.Standing> standings();

    Optional<EscalationView> find(String id);

    /**
     * Newest first.
     *
     * @param agent only that agent's
     * @param before only those whose first entry has a smaller seq than this; so the first seq of a page's last one asks for the next page
     */
    List<EscalationView> list(Optional<String> agent, long before, int limit);

    /** The newest. */
    default List<EscalationView> list(Optional<String> agent, int limit) {
        return list(agent, Long.MAX_VALUE, limit);
    }

    /** What became of a submission. */
    sealed interface Submission {
        /** New: 202. */
        record Accepted(EscalationView view) implements Submission {}

        /** Same id, source and canonical bytes as before: 200. */
        record Repeated(EscalationView view) implements Submission {}

        /** Nothing was created. */
        record Refused(Refusal refusal) implements Submission {}
    }

    /**
     * Why a message was refused (CONTRACT §2).
     *
     * @param code the {@code code} of the problem document
     * @param field JSON pointer of the offending field, or empty
     * @param detail for people: what was wrong and what to do
     */
    record Refusal(Code code, String field, String detail) {
        /** The closed list, each with its HTTP status. */
        public enum Code {
            MALFORMED(400, "malformed"), SCHEMA(400, "schema"), UNKNOWN_HAZARD(400, "unknown-hazard"), STALE(400, "stale"),
            SIGNATURE(401, "signature"), UNKNOWN_AGENT(401, "unknown-agent"), CONFLICT(409, "conflict"), OVERLOAD(503, "overload");

            private final int status;
            private final String label;

            Code(int status, String label) {
                this.status = status;
                this.label = label;
            }

            public int status() { return status; }

            public String label() { return label; }
        }
    }

    /** What a guardian or an accepted expert may say. */
    enum Vote {
        APPROVE, REJECT, ABSTAIN, WITHDRAW
    }

    /** What became of a vote. */
    sealed interface VoteResult {
        record Counted(EscalationView view) implements VoteResult {}

        record NoSuchEscalation() implements VoteResult {}

        /** Voting is not open: too early, or over. */
        record Closed(EscalationView view) implements VoteResult {}

        /** The caller was no guardian when voting opened. */
        record NotEligible() implements VoteResult {}
    }
}
