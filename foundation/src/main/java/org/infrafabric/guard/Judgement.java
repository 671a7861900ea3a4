package org.infrafabric.guard;

import java.util.List;

/** What the guard says to a message (CONTRACT §3). */
public sealed interface Judgement {
    Ruling ruling();

    /** For the log and {@code ifbus_guard_decisions_total{result}}: the policy's own word, {@code people}, {@code hold}, {@code share} or {@code deny}. */
    String result();

    /**
     * People must look at it.
     *
     * @param hazards the message's, or those that the rule assumes for a message that names none; never empty, first = main
     * @param rungs whom to ring, rung after rung, those of one rung at once; every expert stands in the roster, can be rung, fits at least one of the
     *     hazards and is on duty; nobody stands twice. Empty when nobody who fits is on duty: then all rungs are spent (EXHAUSTED), unless
     *     {@link CouncilRules#withoutExpert()} lets the council meet alone
     * @param council how the council votes
     */
    record People(Ruling ruling, List<String> hazards, List<List<Expert>> rungs, CouncilRules council) implements Judgement {
        @Override
        public String result() { return "people"; }
    }

    /** A second source is needed first: HELD, decision {@code hold}, no call. */
    record Held(Ruling ruling) implements Judgement {
        @Override
        public String result() { return "hold"; }
    }

    /** No people are needed: SHARED, decision {@code not-required}, no call. */
    record Shared(Ruling ruling) implements Judgement {
        @Override
        public String result() { return "share"; }
    }

    /** Not allowed, or the guard could not tell: DENIED, no call. */
    record Denied(Ruling ruling) implements Judgement {
        @Override
        public String result() { return "deny"; }
    }
}
