package org.infrafabric.call;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.Witness;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What operators do with calls, in the witness log: what they ask for is done once its entry is durable, and never without it. So it is with the token that ends a leg
 * after a restart.
 */
final class CallLog {
    private static final Logger LOG = LoggerFactory.getLogger(CallLog.class);
    private static final int TRACE_DIGITS = 32;

    private final Witness witness;
    private final Executor owner;

    CallLog(Witness witness, Executor owner) {
        this.witness = witness;
        this.owner = owner;
    }

    static ObjectNode payload() { return JsonMapper.shared().createObjectNode(); }

    /** The id of a call ends with its trace id; whatever else has none. */
    static String trace(String id) {
        String tail = id.substring(Math.max(0, id.length() - TRACE_DIGITS));
        return tail.matches("[0-9a-f]{32}") ? tail : "0".repeat(TRACE_DIGITS);
    }

    /** Writes, and then does it on the owner's thread. When the log cannot be written, {@code otherwise} is done instead. */
    <T> CompletableFuture<T> then(EventType type, String id, ObjectNode payload, Supplier<T> action, Supplier<T> otherwise) {
        return commit(Change.of(new Draft(type, trace(id), payload)), action, otherwise);
    }

    /** The same where what is done calls a leg. */
    <T> CompletableFuture<T> then(EventType type, String id, ObjectNode payload, Leg leg, Supplier<T> action, Supplier<T> otherwise) {
        CallRows.Kept kept = new CallRows.Kept(leg.id(), id, leg.resumeToken());
        return commit(new Change(List.of(new Draft(type, trace(id), payload)), (tx, sealed) -> CallRows.keep(tx, kept)), action, otherwise);
    }

    private <T> CompletableFuture<T> commit(Change change, Supplier<T> action, Supplier<T> otherwise) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        var unused = witness.append(change).whenComplete((entries, failure) -> owner.execute(() -> {
            try {
                answer.complete(failure == null ? action.get() : otherwise.get());
            } catch (RuntimeException broken) {
                answer.completeExceptionally(broken);
            }
        }));
        return answer;
    }

    /** Keeps what ends a leg as it stands now, and then goes on on the owner's thread; {@code otherwise}, where it cannot be kept. */
    void keep(String id, Leg leg, Runnable then, Runnable otherwise) {
        CallRows.Kept kept = new CallRows.Kept(leg.id(), id, leg.resumeToken());
        var unused = commit(new Change(List.of(), (tx, sealed) -> CallRows.keep(tx, kept)), () -> then, () -> otherwise).thenAccept(Runnable::run);
    }

    /** Forgets a leg that has ended. Where that fails a later life ends it once more, which does no harm. */
    void drop(String leg) {
        var unused = witness.append(new Change(List.of(), (tx, sealed) -> CallRows.drop(tx, leg)));
    }

    /** Writes what has happened of itself. */
    void note(EventType type, String id, ObjectNode payload) {
        var unused = witness.append(Change.of(new Draft(type, trace(id), payload))).whenComplete((entries, failure) -> {
            if (failure != null) LOG.warn("{} of {} could not be written to the log: {}", type.event(), id, failure.toString());
        });
    }
}
