package org.infrafabric.server;

import io.javalin.http.Context;
import java.util.concurrent.CompletableFuture;
import org.infrafabric.call.ConferenceControl;
import org.infrafabric.call.ConferenceControl.ConferenceView;
import org.infrafabric.call.ConferenceControl.Outcome;
import org.infrafabric.message.Rfc3339;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/conferences} and what hangs below it; for operators. */
final class ConferenceRoutes {
    private final ConferenceControl control;

    ConferenceRoutes(ConferenceControl control) { this.control = control; }

    void list(Context ctx) {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        ArrayNode array = node.putArray("conferences");
        Wishes.await(control.list()).forEach(each -> array.add(json(each)));
        Answers.json(ctx, 200, node);
    }

    void show(Context ctx) {
        String id = Wishes.id(ctx, "id");
        Answers.json(ctx, 200,
                json(Wishes.await(control.list()).stream().filter(each -> each.id().equals(id)).findFirst().orElseThrow(() -> none(id))));
    }

    void add(Context ctx, Principal who) { answer(ctx, control.add(Wishes.id(ctx, "id"), Wishes.text(Wishes.body(ctx), "uri"), who.id())); }

    void remove(Context ctx, Principal who) { answer(ctx, control.remove(Wishes.id(ctx, "id"), Wishes.id(ctx, "participant"), who.id())); }

    void mute(Context ctx, Principal who) { mute(ctx, who, true); }

    void unmute(Context ctx, Principal who) { mute(ctx, who, false); }

    private void mute(Context ctx, Principal who, boolean muted) {
        answer(ctx, control.mute(Wishes.id(ctx, "id"), Wishes.id(ctx, "participant"), muted, who.id()));
    }

    private static void answer(Context ctx, CompletableFuture<Outcome> outcome) {
        switch (Wishes.await(outcome)) {
            case Outcome.Done(ConferenceView conference) -> Answers.json(ctx, 202, json(conference));
            case Outcome.NoSuchConference(String id) -> throw none(id);
            case Outcome.NoSuchParticipant(String id) ->
                throw new Problem(Problem.Code.NOT_FOUND, "participant", "Nobody there has the id '" + id + "'.");
            case Outcome.Denied(String reason, long retryAfterNanos) -> throw Wishes.denied(reason, retryAfterNanos);
            case Outcome.Invalid(String field, String detail) -> throw new Problem(Problem.Code.SCHEMA, "/" + field, detail);
            case Outcome.Busy(String detail) -> throw new Problem(Problem.Code.OVERLOAD, "", detail);
        }
    }

    private static Problem none(String id) { return new Problem(Problem.Code.NOT_FOUND, "id", "There is no conference '" + id + "' that is open."); }

    private static ObjectNode json(ConferenceView conference) {
        ObjectNode node = JsonMapper.shared().createObjectNode().put("id", conference.id()).put("since", Rfc3339.format(conference.since()));
        ArrayNode array = node.putArray("participants");
        conference.participants().forEach(each -> array.addObject().put("id", each.id()).put("party", each.party()).put("name", each.name())
                .put("state", Answers.word(each.state())).put("inMix", each.inMix()).put("muted", each.muted()).put("held", each.held()));
        return node;
    }
}
