package org.infrafabric.call;

import java.io.IOException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.infrafabric.guard.Permit;
import org.infrafabric.witness.EventType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** The calls that operators make, and what they do with any leg of the bus. */
public final class Calls implements CallControl {
    private static final Outcome NO_LOG = new Outcome.Busy("the witness log cannot be written at present; nothing was done");
    private static final Logger LOG = LoggerFactory.getLogger(Calls.class);
    private static final String PREFIX = "call-";
    private static final int MAX_URI = 255;

    private final CallParts parts;
    private final CallLog log;
    private final Supplier<Map<String, Conference>> others;
    private final Map<String, TwoPartyCall> calls = new LinkedHashMap<>();

    /**
     * Blocks until its tables are there.
     *
     * @param others conferences that are not ours, by id; asked on the owner's thread
     */
    public Calls(CallParts parts, Supplier<Map<String, Conference>> others) {
        this.parts = parts;
        this.others = others;
        CallRows.prepare(parts.store());
        log = new CallLog(parts.witness(), parts.owner());
    }

    /** All conferences that are open, ours among them, by id. Owner's thread. */
    Map<String, Conference> conferences() {
        Map<String, Conference> all = new LinkedHashMap<>(others.get());
        calls.forEach((id, call) -> all.put(id, call.conference()));
        return all;
    }

    /**
     * Ends the legs of operators' calls that a former life left behind (CONTRACT §8): an entry for each call, then CANCEL or BYE. Once, before anything else is asked;
     * blocks while it reads.
     *
     * @return how many legs; completes when what ends them is under way
     */
    public CompletableFuture<Integer> recover() {
        List<CallRows.Kept> left = CallRows.all(parts.store());
        return ask(() -> {
            left.stream().map(CallRows.Kept::home).distinct().filter(home -> home.startsWith(PREFIX)).forEach(call -> {
                ObjectNode payload = CallLog.payload().put("call", call).put("party", "").put("failure", "restarted").put("status", 0);
                log.note(EventType.CALL_CLOSED, call, payload.put("byPeer", false));
            });
            left.forEach(leg -> {
                try {
                    parts.dialer().endStray(leg.token());
                } catch (RuntimeException unreadable) {
                    LOG.warn("Leg {} of {} could not be ended after the restart: {}", leg.leg(), leg.home(), unreadable.toString());
                }
                log.drop(leg.leg());
            });
            return CompletableFuture.completedFuture(left.size());
        });
    }

    /** Hangs up on everybody. Owner's thread. */
    public void close(String reason) {
        List.copyOf(calls.values()).forEach(call -> call.hangUp(reason));
    }

    @Override
    public CompletableFuture<List<CallView>> list() {
        return ask(() -> CompletableFuture.completedFuture(calls.values().stream().map(TwoPartyCall::view).toList()));
    }

    @Override
    public CompletableFuture<Outcome> originate(String from, String to, String by) {
        return ask(() -> {
            if (calls.size() >= parts.maxCalls()) return now(new Outcome.Busy("as many calls are up as this node bears"));
            Optional<Outcome> refused = refused("from", from).or(() -> refused("to", to));
            if (refused.isPresent()) return now(refused.get());
            byte[] random = new byte[16];
            parts.random().nextBytes(random);
            String id = PREFIX + HexFormat.of().formatHex(random);
            TwoPartyCall call = new TwoPartyCall(id, from, to, parts, log, () -> calls.remove(id));
            try {
                call.prepare();
            } catch (IOException noPort) {
                return now(new Outcome.Busy(String.valueOf(noPort.getMessage())));
            } catch (IllegalArgumentException noTarget) {
                return now(new Outcome.Invalid("from", String.valueOf(noTarget.getMessage())));
            }
            calls.put(id, call);
            ObjectNode payload = CallLog.payload().put("call", id).put("from", from).put("to", to).put("by", by);
            return log.then(EventType.CALL_ORIGINATED, id, payload, call.first(), () -> {
                call.dial();
                return (Outcome) new Outcome.Done(Optional.of(call.view()));
            }, () -> {
                call.hangUp("no log");
                return NO_LOG;
            });
        });
    }

    /** Whether somebody may not be called. */
    private Optional<Outcome> refused(String field, String uri) {
        if (uri.isBlank() || uri.length() > MAX_URI)
            return Optional.of(new Outcome.Invalid(field, "a sip: URI of at most " + MAX_URI + " characters"));
        Permit permit = parts.permit().permit(uri, parts.timers().wallTime(), parts.timers().nowNanos());
        return permit.allowed() ? Optional.empty() : Optional.of(new Outcome.Denied(uri + ": " + permit.reason(), permit.retryAfterNanos()));
    }

    @Override
    public CompletableFuture<Outcome> hangUp(String id, String by) {
        return ask(() -> {
            Found found = find(id);
            if (found == null) return now(new Outcome.NoSuchCall(id));
            return log.then(EventType.CALL_HUNG_UP, found.home, payload(found, by), () -> {
                if (found.leg >= 0) found.conference.hangUp(found.leg, "ended by an operator");
                else if (found.call != null) found.call.hangUp("ended by an operator");
                return done(found);
            }, () -> NO_LOG);
        });
    }

    @Override
    public CompletableFuture<Outcome> hold(String id, String by) { return hold(id, true, EventType.CALL_HELD, by); }

    @Override
    public CompletableFuture<Outcome> resume(String id, String by) { return hold(id, false, EventType.CALL_RESUMED, by); }

    private CompletableFuture<Outcome> hold(String id, boolean held, EventType type, String by) {
        return ask(() -> {
            Found found = find(id);
            if (found == null) return now(new Outcome.NoSuchCall(id));
            return log.then(type, found.home, payload(found, by), () -> {
                boolean did = found.leg >= 0 ? found.conference.hold(found.leg, held) : found.call != null && found.call.hold(Optional.empty(), held);
                return did ? done(found) : new Outcome.Conflict("it is not answered");
            }, () -> NO_LOG);
        });
    }

    @Override
    public CompletableFuture<Outcome> transfer(String id, Transfer how, String by) {
        return ask(() -> {
            Optional<TwoPartyCall> call = callOf(id);
            if (call.isEmpty())
                return now(find(id) == null ? new Outcome.NoSuchCall(id) : new Outcome.Conflict("a leg of an escalation belongs to its council"));
            OptionalInt stays = call.get().seat(id);
            if (stays.isEmpty() || !call.get().talking()) return now(new Outcome.Conflict("it can be transferred when both parties have answered"));
            return switch (how) {
                case Transfer.Blind(String target) -> blind(call.get(), stays.getAsInt(), target, by);
                case Transfer.Attended(String with) -> attended(call.get(), stays.getAsInt(), with, by);
            };
        });
    }

    private CompletableFuture<Outcome> blind(TwoPartyCall call, int stays, String target, String by) {
        Optional<Outcome> refused = refused("target", target);
        if (refused.isPresent()) return now(refused.get());
        Leg leg;
        try {
            leg = call.prepareTarget(stays, target);
        } catch (IOException noPort) {
            return now(new Outcome.Busy(String.valueOf(noPort.getMessage())));
        } catch (IllegalArgumentException noTarget) {
            return now(new Outcome.Invalid("target", String.valueOf(noTarget.getMessage())));
        }
        return log.then(EventType.CALL_TRANSFERRED, call.id(), transferred(call, stays, "blind", target, by), leg, () -> {
            call.ringTarget();
            return new Outcome.Done(Optional.of(call.view()));
        }, () -> {
            call.dropTarget();
            return NO_LOG;
        });
    }

    private CompletableFuture<Outcome> attended(TwoPartyCall call, int stays, String with, String by) {
        Optional<TwoPartyCall> other = callOf(with);
        if (other.isEmpty()) return now(new Outcome.Invalid("with", "there is no call " + with));
        OptionalInt theirs = other.get().seat(with);
        if (other.get() == call || theirs.isEmpty() || !other.get().talking())
            return now(new Outcome.Conflict("the two must be in different calls, both answered"));
        return log.then(EventType.CALL_TRANSFERRED, call.id(), transferred(call, stays, "attended", with, by), () -> {
            try {
                boolean joined = call.talking() && other.get().talking() && call.join(stays, other.get(), theirs.getAsInt());
                return joined ? new Outcome.Done(Optional.of(call.view())) : new Outcome.Conflict("one of the two has hung up");
            } catch (IOException noPort) {
                return new Outcome.Busy(String.valueOf(noPort.getMessage()));
            }
        }, () -> NO_LOG);
    }

    private static ObjectNode transferred(TwoPartyCall call, int stays, String mode, String target, String by) {
        return CallLog.payload().put("call", call.id()).put("leg", call.conference().leg(stays).map(Leg::id).orElse("")).put("mode", mode)
                .put("target", target).put("by", by);
    }

    // --- finding -----------------------------------------------------------------------------------------------------------------------

    /** What an id means. {@code leg} is -1 for a call as a whole, {@code call} is null for a leg of an escalation. */
    private record Found(String home, Conference conference, int leg, @org.jspecify.annotations.Nullable TwoPartyCall call) {}

    private @org.jspecify.annotations.Nullable Found find(String id) {
        TwoPartyCall whole = calls.get(id);
        if (whole != null) return new Found(id, whole.conference(), -1, whole);
        for (Map.Entry<String, Conference> each : conferences().entrySet()) {
            OptionalInt seat = each.getValue().seat(id);
            if (seat.isPresent()) return new Found(each.getKey(), each.getValue(), seat.getAsInt(), calls.get(each.getKey()));
        }
        return null;
    }

    private Optional<TwoPartyCall> callOf(String id) {
        Found found = find(id);
        return found == null ? Optional.empty() : Optional.ofNullable(found.call);
    }

    private static Outcome done(Found found) { return new Outcome.Done(Optional.ofNullable(found.call).map(TwoPartyCall::view)); }

    private static ObjectNode payload(Found found, String by) {
        String leg = found.leg < 0 ? "" : found.conference.leg(found.leg).map(Leg::id).orElse("");
        return CallLog.payload().put("call", found.home).put("leg", leg).put("by", by);
    }

    private static CompletableFuture<Outcome> now(Outcome outcome) { return CompletableFuture.completedFuture(outcome); }

    private <T> CompletableFuture<T> ask(Supplier<CompletableFuture<T>> question) {
        return Asking.ask(parts.owner(), question);
    }
}
