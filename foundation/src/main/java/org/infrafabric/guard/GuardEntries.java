package org.infrafabric.guard;

import java.util.List;
import java.util.Optional;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.EventType;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What the log says of policies and rosters coming and going. These entries belong to no escalation. */
public final class GuardEntries {
    private static final String NO_TRACE = "0".repeat(32);
    private static final int MOST_PROBLEMS = 50;
    private static final int LONGEST_TEXT = 400;

    private GuardEntries() {}

    /**
     * What is in force from now on, whole, so that {@link Replay} finds it.
     *
     * @param accessHash names who gets in with which token and key, without telling it
     * @param cause {@code start}, {@code signal}, {@code request} or {@code approved}
     * @param by who asked for it; empty when nobody did by name
     * @param approved whether as many approved it as had to; empty where nobody has to
     */
    public static List<Draft> loaded(Guard guard, String accessHash, String cause, String by, Optional<Boolean> approved) {
        ObjectNode policy = entry().put("policyHash", guard.policy().hash()).put("file", brief(guard.policy().file())).put("cause", cause).put("by",
                by);
        approved.ifPresent(given -> policy.put("approved", given));
        policy.set("policy", guard.policy().tree());
        ObjectNode roster = entry().put("rosterHash", guard.rosterHash()).put("accessHash", accessHash).put("cause", cause).put("by", by);
        roster.set("roster", guard.rosterTree());
        return List.of(draft(EventType.POLICY_LOADED, policy), draft(EventType.ROSTER_LOADED, roster));
    }

    /** What was to be in force and cannot be. */
    public static Draft rejected(String file, String cause, String by, List<Problem> problems) {
        ObjectNode payload = entry().put("file", brief(file)).put("cause", cause).put("by", by);
        ArrayNode list = payload.putArray("problems");
        problems.stream().limit(MOST_PROBLEMS).forEach(problem -> list.add(tree(problem)));
        return draft(EventType.POLICY_REJECTED, payload);
    }

    public static ObjectNode tree(Problem problem) {
        return entry().put("file", brief(problem.file())).put("line", problem.line()).put("field", brief(problem.where()))
                .put("what", brief(problem.what()))
                .put("remedy", brief(problem.remedy()));
    }

    /** @param accessHash as for {@link #loaded}: a change may be of tokens and edges alone */
    public static Draft requested(Approvals.Change change, String accessHash) {
        ObjectNode payload = entry().put("hash", change.hash()).put("policyHash", change.policyHash()).put("rosterHash", change.rosterHash())
                .put("accessHash", accessHash).put("by", change.by())
                .put("need", change.need()).put("until", change.until().toString());
        change.of().forEach(payload.putArray("of")::add);
        return draft(EventType.APPROVAL_REQUESTED, payload);
    }

    public static Draft approved(Approvals.Change change, String by) {
        return draft(EventType.APPROVAL_GIVEN,
                entry().put("hash", change.hash()).put("by", by).put("given", change.given().size()).put("need", change.need()));
    }

    /** @param cause {@code expired} or {@code replaced} */
    public static Draft ended(Approvals.Change change, String cause) {
        return draft(EventType.APPROVAL_ENDED, entry().put("hash", change.hash()).put("cause", cause));
    }

    private static Draft draft(EventType type, ObjectNode payload) { return new Draft(type, NO_TRACE, payload); }

    private static ObjectNode entry() { return JsonNodeFactory.instance.objectNode(); }

    private static String brief(String text) { return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT - 1) + "…"; }
}
