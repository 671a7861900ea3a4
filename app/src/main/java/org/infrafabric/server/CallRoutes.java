package org.infrafabric.server;

import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.infrafabric.call.CallControl;
import org.infrafabric.call.CallControl.CallView;
import org.infrafabric.call.CallControl.LegView;
import org.infrafabric.call.CallControl.Outcome;
import org.infrafabric.call.CallControl.Transfer;
import org.infrafabric.message.Rfc3339;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/calls} and what hangs below it; for operators. */
final class CallRoutes {
    private final Supplier<CompletableFuture<List<LiveCall>>> escalations;
    private final CallControl control;

    /** @param escalations the legs that belong to escalations */
    CallRoutes(Supplier<CompletableFuture<List<LiveCall>>> escalations, CallControl control) {
        this.escalations = escalations;
        this.control = control;
    }

    /** Every leg that is up: those of escalations, and those of operators' calls with the call's id. */
    void list(Context ctx) {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        ArrayNode array = node.putArray("calls");
        for (LiveCall call : Wishes.await(escalations.get())) {
            ObjectNode one = array.addObject().put("id", call.id()).put("party", call.party()).put("role", call.role()).put("state", call.state())
                    .put("since", call.since());
            call.escalation().ifPresent(escalation -> one.put("escalation", escalation));
        }
        for (CallView call : Wishes.await(control.list())) call.legs().forEach(leg -> add(array.addObject(), leg).put("call", call.id()));
        Answers.json(ctx, 200, node);
    }

    void originate(Context ctx, Principal who) {
        ObjectNode body = Wishes.body(ctx);
        String from = Wishes.text(body, "from");
        String to = Wishes.text(body, "to");
        CallView call = done(control.originate(from, to, who.id())).orElseThrow();
        ctx.header("Location", "/v1/calls/" + call.id());
        Answers.json(ctx, 202, json(call));
    }

    void hangUp(Context ctx, Principal who) { answer(ctx, control.hangUp(Wishes.id(ctx, "id"), who.id())); }

    void hold(Context ctx, Principal who) { answer(ctx, control.hold(Wishes.id(ctx, "id"), who.id())); }

    void resume(Context ctx, Principal who) { answer(ctx, control.resume(Wishes.id(ctx, "id"), who.id())); }

    void transfer(Context ctx, Principal who) {
        ObjectNode body = Wishes.body(ctx);
        Transfer how = switch (Wishes.text(body, "mode")) {
            case "blind" -> new Transfer.Blind(Wishes.text(body, "target"));
            case "attended" -> new Transfer.Attended(Wishes.text(body, "with"));
            default -> throw new Problem(Problem.Code.SCHEMA, "/mode", "One of blind, attended.");
        };
        answer(ctx, control.transfer(Wishes.id(ctx, "id"), how, who.id()));
    }

    /** 202: what was asked is under way. The body is the call, where it is one of an operator's. */
    private static void answer(Context ctx, CompletableFuture<Outcome> outcome) {
        Answers.json(ctx, 202,
                done(outcome).map(CallRoutes::json).orElseGet(() -> JsonMapper.shared().createObjectNode().put("id", ctx.pathParam("id"))));
    }

    private static Optional<CallView> done(CompletableFuture<Outcome> outcome) {
        return switch (Wishes.await(outcome)) {
            case Outcome.Done(Optional<CallView> call) -> call;
            case Outcome.NoSuchCall(String id) -> throw new Problem(Problem.Code.NOT_FOUND, "id", "There is no call and no leg '" + id + "'.");
            case Outcome.Denied(String reason, long retryAfterNanos) -> throw Wishes.denied(reason, retryAfterNanos);
            case Outcome.Conflict(String detail) -> throw new Problem(Problem.Code.STATE, "", detail);
            case Outcome.Invalid(String field, String detail) -> throw new Problem(Problem.Code.SCHEMA, "/" + field, detail);
            case Outcome.Busy(String detail) -> throw new Problem(Problem.Code.OVERLOAD, "", detail);
        };
    }

    private static ObjectNode json(CallView call) {
        ObjectNode node = JsonMapper.shared().createObjectNode().put("id", call.id()).put("from", call.from()).put("to", call.to())
                .put("state", Answers.word(call.state())).put("since", Rfc3339.format(call.since()));
        ArrayNode legs = node.putArray("legs");
        call.legs().forEach(leg -> add(legs.addObject(), leg));
        return node;
    }

    private static ObjectNode add(ObjectNode node, LegView leg) {
        return node.put("id", leg.id()).put("party", leg.party()).put("role", leg.role()).put("state", Answers.word(leg.state()))
                .put("held", leg.held())
                .put("since", Rfc3339.format(leg.since()));
    }
}
