package org.infrafabric.acceptance;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.infrafabric.message.CanonicalJson;
import org.infrafabric.message.SigningKey;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.IfbusProcess;
import org.infrafabric.testkit.Ports;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One ifbus under test, seen only through what CONTRACT promises: its config, its HTTP, its log. */
final class Site implements AutoCloseable {
    static final String AGENT = "if://agent/swarm/legal-1";
    static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final AtomicInteger IDS = new AtomicInteger();
    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(java.time.ZoneOffset.UTC);

    final Path folder;
    final SigningKey key = SigningKey.generate();
    final int sipPort = Ports.free(2);
    final int firstRtp = Ports.free(200);
    private final List<String> experts = new ArrayList<>();
    private final List<String> guardians = new ArrayList<>();
    private final List<String> hazards = new ArrayList<>(
            List.of("safety", "alignment", "ethics", "bias", "security", "privacy", "legal", "conflict"));
    private final HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private String council = "{ quorum: 2, deadline: PT60S, gather: PT10S }";
    private String more = "";
    private IfbusProcess bus;

    Site(Path folder) { this.folder = folder; }

    /** An expert for one hazard; {@code accept}: dtmf or answer. */
    Site expert(String uri, String hazard, String accept, String ringTimeout) {
        if (!hazards.contains(hazard)) hazards.add(hazard);
        experts.add("  - { uri: \"" + uri + "\", name: \"Expert for " + hazard + "\", hazards: [" + hazard + "], accept: " + accept
                + ", ringTimeout: " + ringTimeout + " }");
        return this;
    }

    Site guardian(String id, String uri, String accept) {
        guardians.add("  - { id: " + id + ", uri: \"" + uri + "\", token: \"" + token(id) + "\", accept: " + accept + " }");
        return this;
    }

    /** YAML flow map for {@code council:}. */
    Site council(String yaml) {
        council = yaml;
        return this;
    }

    /** Further lines of the config. */
    Site config(String yaml) {
        more += yaml + "\n";
        return this;
    }

    /** What an agent's program has to find in its environment. */
    Map<String, String> agentEnvironment() throws IOException, InterruptedException {
        Path file = folder.resolve("agent.key");
        if (!Files.exists(file)) key.write(file);
        return Map.of("IFBUS_SERVER", "http://" + bus.http(), "IFBUS_TOKEN", token("agent"), "IFBUS_KEY", file.toString(), "IFBUS_BUS_KEY", busKey());
    }

    /** The key that the bus names as its own. */
    String busKey() throws IOException, InterruptedException {
        return get("", "/v1/keys").json().path("keys").get(0).path("publicKey").stringValue();
    }

    static String token(String owner) { return "token-of-" + owner + "-0123456789abcdef"; }

    Site start() throws Exception {
        Path config = Files.writeString(folder.resolve("ifbus.yaml"), yaml());
        bus = IfbusProcess.serve(folder, config);
        return this;
    }

    String yaml() {
        // sipp's phones say nothing, and a machine that is busy with other tests takes its time: nobody is to be given up for it
        return """
                domain: ifbus.local
                data: %s
                http: { listen: "127.0.0.1:0" }
                sip: { listen: ["udp:127.0.0.1:%d", "tcp:127.0.0.1:%d"] }
                media: { address: 127.0.0.1, ports: %d-%d, timeout: PT5M }
                hazards: [%s]
                agents: [ { id: "%s", publicKey: "%s", token: "%s" } ]
                operators: [ { id: op, token: "%s" } ]
                experts:%s
                guardians:%s
                council: %s
                """.formatted(folder.resolve("data"), sipPort, sipPort, firstRtp, firstRtp + 199, String.join(", ", hazards), AGENT, key.verifyKey(),
                token("agent"),
                token("op"), block(experts), block(guardians), council) + more;
    }

    private static String block(List<String> items) { return items.isEmpty() ? " []" : "\n" + String.join("\n", items); }

    /** As a power cut, then a start with the same data. */
    void killAndRestart() throws Exception {
        bus.kill();
        bus = IfbusProcess.serve(folder, folder.resolve("ifbus.yaml"));
    }

    IfbusProcess bus() { return bus; }

    /** All that this bus says and hears over UDP, in pcap's filter syntax; other tests' traffic is on the same loopback. */
    String udp() {
        return "udp and (port " + sipPort + " or portrange " + firstRtp + "-" + (firstRtp + 199) + ")";
    }

    /** A fresh, unsigned ESCALATE message. */
    static ObjectNode message(String hazard) {
        ObjectNode message = JSON.createObjectNode();
        message.put("id", "esc-" + ProcessHandle.current().pid() + "-" + IDS.incrementAndGet());
        message.put("timestamp", MILLIS.format(Instant.now().truncatedTo(ChronoUnit.MILLIS)));
        message.put("level", 2).put("source", AGENT).put("destination", "if://service/guard/council").put("version", "1.0");
        ObjectNode payload = message.putObject("payload");
        payload.put("performative", "ESCALATE").put("severity", "high").put("summary", "Revenue conflict found in the filing; may I publish?");
        payload.putArray("hazards").add(hazard);
        return message;
    }

    ObjectNode sign(ObjectNode message) { return sign(message, key); }

    static ObjectNode sign(ObjectNode message, SigningKey key) {
        message.remove("signature");
        String value = key.signBase64Url(CanonicalJson.of(message));
        message.putObject("signature").put("algorithm", "ed25519").put("keyId", key.keyId()).put("value", value);
        return message;
    }

    /** Sends a new escalation for a hazard and gives its id; anything but 202 fails. */
    String escalate(String hazard) throws Exception {
        return escalate(sign(message(hazard)));
    }

    String escalate(ObjectNode signed) throws Exception {
        Answer answer = post("agent", "/v1/escalations", signed.toString());
        if (answer.status() != 202) throw new AssertionError("202 expected: " + answer);
        return answer.json().path("id").stringValue();
    }

    /** What the server said. */
    record Answer(int status, JsonNode json, HttpResponse<String> raw) {
        String code() { return json.path("code").asString(""); }
    }

    Answer get(String owner, String path) throws IOException, InterruptedException { return send(owner, path, HttpRequest.newBuilder().GET()); }

    Answer post(String owner, String path, String body) throws IOException, InterruptedException {
        return send(owner, path,
                HttpRequest.newBuilder().header("Content-Type", "application/json").POST(BodyPublishers.ofString(body, StandardCharsets.UTF_8)));
    }

    Answer delete(String owner, String path) throws IOException, InterruptedException { return send(owner, path, HttpRequest.newBuilder().DELETE()); }

    Answer send(String owner, String path, HttpRequest.Builder request) throws IOException, InterruptedException {
        request.uri(URI.create("http://" + bus.http() + path)).timeout(Duration.ofSeconds(20));
        if (!owner.isEmpty()) request.header("Authorization", "Bearer " + token(owner));
        HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
        String type = response.headers().firstValue("Content-Type").orElse("");
        return new Answer(response.statusCode(), type.contains("json") ? JSON.readTree(response.body()) : JSON.missingNode(), response);
    }

    /** The log's entries from its first on, as the event stream brings them (WHATWG HTML §9.2); ends with the bus. */
    Stream<JsonNode> stream(String owner) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + bus.http() + "/v1/events")).header("Last-Event-ID", "0")
                .header("Authorization", "Bearer " + token(owner)).build();
        return client.send(request, BodyHandlers.ofLines()).body().filter(line -> line.startsWith("data: "))
                .map(line -> JSON.readTree(line.substring(6)));
    }

    JsonNode escalation(String id) throws IOException, InterruptedException { return get("op", "/v1/escalations/" + id).json(); }

    /** Waits until the escalation has entered {@code state}, or gone past it. */
    JsonNode await(String id, String state, Duration limit) throws Exception {
        return Await.until(id + " to reach " + state, limit, () -> escalation(id), seen -> states(seen).contains(state));
    }

    /** Waits for the decision and gives its word. */
    String decision(String id, Duration limit) throws Exception {
        return Await.until("a decision on " + id, limit, () -> escalation(id), seen -> seen.path("decision").isObject()).path("decision")
                .path("payload").path("decision")
                .asString("none");
    }

    static List<String> states(JsonNode escalation) {
        List<String> states = new ArrayList<>();
        for (JsonNode step : escalation.path("history")) states.add(step.path("state").stringValue());
        return states;
    }

    void vote(String guardian, String id, String vote) throws Exception {
        Answer answer = post(guardian, "/v1/escalations/" + id + "/votes", "{\"vote\":\"" + vote + "\"}");
        if (answer.status() / 100 != 2) throw new AssertionError("vote of " + guardian + " refused: " + answer);
    }

    /** Exports the log beside the running server and checks it with code that is not ifbus's; gives the entries. */
    List<JsonNode> soundLog() throws Exception {
        IfbusProcess.Finished export = IfbusProcess.run(folder, Duration.ofSeconds(40), "witness", "export", "--format", "jsonl", "--data-dir",
                folder.resolve("data").toString());
        if (export.exit() != 0) throw new AssertionError("export failed: " + export);
        return LogCheck.sound(Files.writeString(Files.createTempFile(folder, "export", ".jsonl"), export.out()), folder);
    }

    /** The entries of one escalation's trace so far, as the server reads them out; {@link #soundLog} judges them. */
    List<JsonNode> entries(String id) throws Exception {
        String trace = escalation(id).path("traceId").stringValue();
        List<JsonNode> entries = new ArrayList<>();
        for (long from = 1; from > 0;) {
            JsonNode page = get("op", "/v1/witness/entries?limit=1000&trace=" + trace + "&from=" + from).json();
            page.path("entries").forEach(entries::add);
            from = page.path("next").asLong(0);
        }
        return entries;
    }

    /** {@code component event} of each entry of one escalation's trace so far. */
    List<String> events(String id) throws Exception {
        return entries(id).stream().map(entry -> entry.path("component").stringValue() + " " + entry.path("event").stringValue()).toList();
    }

    @Override
    public void close() throws InterruptedException {
        if (bus != null) bus.close();
        client.close(); // waits for its streams, which have ended with the bus
    }
}
