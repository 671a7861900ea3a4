package org.infrafabric.sip;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * All that must be known to end a leg after a restart, as one JSON object.
 *
 * @param traceId of the escalation it belongs to, or empty
 * @param answered false: the INVITE is out, CANCEL is due; true: there is a dialog, BYE is due
 * @param via of the INVITE, whole; a CANCEL must carry the same (RFC 3261 §9.1)
 * @param branch of that Via
 * @param local From of our requests, without tag
 * @param remote To of our requests, without tag
 * @param target Request-URI
 * @param number of the last request that we sent in the dialog
 */
record ResumeToken(String traceId, boolean answered, Endpoint.Protocol protocol, String via, String branch, String callId, String localTag,
        String remoteTag,
        String local,
        String remote, String target, List<String> routes, long number) {
    private static final JsonMapper JSON = JsonMapper.shared();

    String json() {
        ObjectNode node = JSON.createObjectNode();
        node.put("sip", 1).put("traceId", traceId).put("phase", answered ? "answered" : "calling").put("transport", protocol.token()).put("via", via)
                .put("branch", branch);
        node.put("callId", callId).put("localTag", localTag).put("remoteTag", remoteTag).put("local", local).put("remote", remote).put("target",
                target);
        ArrayNode list = node.putArray("routes");
        routes.forEach(list::add);
        return node.put("cseq", number).toString();
    }

    /** @throws IllegalArgumentException when it is no token of this core */
    static ResumeToken parse(String json) {
        try {
            JsonNode node = JSON.readTree(json);
            if (node.path("sip").asInt(0) != 1) throw new IllegalArgumentException("not a SIP leg's resume token");
            List<String> routes = new ArrayList<>();
            node.path("routes").forEach(route -> routes.add(route.asString()));
            return new ResumeToken(text(node, "traceId"), text(node, "phase").equals("answered"),
                    text(node, "transport").equals("tcp") ? Endpoint.Protocol.TCP : Endpoint.Protocol.UDP,
                    text(node, "via"), text(node, "branch"), text(node, "callId"), text(node, "localTag"), text(node, "remoteTag"),
                    text(node, "local"),
                    text(node, "remote"), text(node, "target"), routes, node.path("cseq").asLong(1));
        } catch (JacksonException e) {
            throw new IllegalArgumentException("a resume token that is not JSON", e);
        }
    }

    private static String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (!value.isString()) throw new IllegalArgumentException("a resume token without " + field);
        return value.asString();
    }
}
