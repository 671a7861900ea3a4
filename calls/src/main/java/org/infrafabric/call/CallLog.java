package org.infrafabric.call;

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

/** What operators do with calls, in the witness log: what they ask for is done once its entry is durable, and never without it. */
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
        CompletableFuture<T> answer = new CompletableFuture<>();
        var unused = witness.append(Change.of(new Draft(type, trace(id), payload))).whenComplete((entries, failure) -> owner.execute(() -> {
            try {
                answer.complete(failure == null ? action.get() : otherwise.get());
            } catch (RuntimeException broken) {
                answer.completeExceptionally(broken);
            }
        }));
        return answer;
    }

    /** Writes what has happened of itself. */
    void note(EventType type, String id, ObjectNode payload) {
        var unused = witness.append(Change.of(new Draft(type, trace(id), payload))).whenComplete((entries, failure) -> {
            if (failure != null) LOG.warn("{} of {} could not be written to the log: {}", type.event(), id, failure.toString());
        });
    }
}
