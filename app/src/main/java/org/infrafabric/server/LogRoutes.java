package org.infrafabric.server;

import io.javalin.http.Context;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.infrafabric.escalate.Escalations;
import org.infrafabric.witness.Entry;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The witness log over HTTP: entries, its head, the keys that signed it, and the stream of what is added. */
final class LogRoutes {
    private static final int MOST_ENTRIES = 1_000;

    private final HttpParts parts;
    private final EventStreams streams;

    LogRoutes(HttpParts parts, EventStreams streams) {
        this.parts = parts;
        this.streams = streams;
    }

    /** {@code next}: the {@code from} of the following page, absent on the last. */
    void entries(Context ctx, Principal who) {
        Optional<String> trace = Parameters.trace(ctx);
        long from = Parameters.number(ctx, "from", 1, Long.MAX_VALUE, 1);
        int limit = (int) Parameters.number(ctx, "limit", 1, MOST_ENTRIES, 100);
        List<Entry> page = parts.log().entries(trace, from, limit);
        Visible visible = visible(who);
        StringBuilder text = new StringBuilder("{\"entries\":[");
        boolean first = true;
        for (Entry entry : page) {
            if (!visible.test(entry)) continue;
            if (!first) text.append(',');
            text.append(entry.json());
            first = false;
        }
        text.append(']');
        if (page.size() == limit) text.append(",\"next\":").append(page.getLast().seq() + 1);
        Answers.json(ctx, 200, text.append('}').toString());
    }

    /** How long the log is and where it ends. */
    void head(Context ctx) {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        Optional<Entry> head = parts.log().head();
        node.put("entries", head.map(Entry::seq).orElse(0L));
        head.ifPresent(entry -> node.putObject("head").put("seq", entry.seq()).put("hash", entry.hash()).put("time", entry.time()));
        Answers.json(ctx, 200, node);
    }

    void keys(Context ctx) {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        ArrayNode array = node.putArray("keys");
        for (PublishedKey key : parts.keys().get())
            array.addObject().put("keyId", key.keyId()).put("publicKey", key.publicKey()).put("since", key.since());
        Answers.json(ctx, 200, node);
    }

    void events(Context ctx, Principal who) throws IOException { streams.serveAll(ctx, who, visible(who)::test); }

    private Visible visible(Principal who) {
        if (who.role() != Role.AGENT) return Visible.all();
        Escalations escalations = parts.escalations();
        return Visible.naming(id -> escalations.find(id).filter(view -> !who.isOneAgent() || view.source().equals(who.id())).isPresent());
    }
}
