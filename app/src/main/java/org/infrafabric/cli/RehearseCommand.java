package org.infrafabric.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.infrafabric.client.IfbusClient;
import org.infrafabric.client.IfbusException;
import org.infrafabric.mcp.Caller;
import org.infrafabric.mcp.StdioServer;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.TraceIds;
import org.infrafabric.phones.Phone;
import org.infrafabric.phones.PhoneSettings;
import org.infrafabric.phones.Phones;
import org.infrafabric.phones.Script;
import org.infrafabric.server.Bus;
import org.infrafabric.server.Config;
import org.infrafabric.server.DataDirectory;
import org.infrafabric.server.Role;
import org.infrafabric.server.Tokens;
import org.infrafabric.speech.EmbeddedVoice;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.WitnessLog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/**
 * Does once, in a throw-away folder, what a bus does all day: some escalations with scripted phones to their decisions, over real sockets; or, with
 * {@code --reading}, what people ask of its log. {@code ./ifbus} runs both after a build while the JVM records what it loads and which methods are used most
 * (JEP 514, JEP 515), so that every later start finds its classes linked, and the first call does not wait for a cold JVM.
 */
@Command(name = "rehearse", hidden = true, description = "Run some escalations in a throw-away folder and stop.")
final class RehearseCommand implements Callable<Integer> {
    private static final int ESCALATIONS = 4;
    private static final int SENTENCES = 50;
    private static final int ENTRIES = 100;
    private static final Duration AT_MOST = Duration.ofSeconds(45);
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final List<String> HAZARDS = List.of("safety", "ethics", "legal", "privacy");
    private static final String AGENT = "if://agent/rehearsal";
    private static final List<String> READ = List.of("/", "/web/app.js", "/web/app.css", "/v1/whoami", "/v1/escalations?limit=100",
            "/v1/witness/head",
            "/v1/witness/entries?limit=200", "/v1/keys", "/v1/calls", "/metrics", "/readyz", "/openapi.yaml", "/v1/nothing");

    @Option(names = "--reading", description = "Only the help, and the commands that read a log.") private boolean reading;

    @Override
    public Integer call() throws Exception {
        Path folder = Files.createTempDirectory("ifbus-rehearsal");
        try {
            Ifbus.run("--help");
            if (reading) {
                read(folder);
            } else {
                speak();
                escalate(folder);
            }
            return Ifbus.run("witness", "verify", "--data-dir", folder.resolve("data").toString());
        } finally {
            delete(folder);
        }
    }

    private static void read(Path folder) throws IOException {
        DataDirectory data = new DataDirectory(folder.resolve("data"));
        data.make();
        try (SqliteStore store = SqliteStore.open(data.database());
                WitnessLog log = WitnessLog.open(store, "rehearsal", SigningKey.generate(), Clock.systemUTC())) {
            for (int i = 0; i < ENTRIES; i++)
                log.append(Change.of(new Draft(EventType.CLOCK_JUMPED, TraceIds.random(RandomGenerator.getDefault()),
                        Output.object().put("millis", i).put("running", 0)))).join();
        }
        String of = data.path().toString(), export = folder.resolve("log.jsonl").toString();
        Ifbus.run("witness", "log", "--data-dir", of);
        Ifbus.run("witness", "prove", "--seq", "1", "--data-dir", of);
        Ifbus.run("witness", "export", "--out", export, "--data-dir", of);
        Ifbus.run("witness", "verify", "--file", export);
    }

    /** The voice that is always there has much to load, and is needed when there is much to do. */
    private static void speak() {
        try (EmbeddedVoice voice = new EmbeddedVoice()) {
            for (int i = 0; i < SENTENCES; i++) voice.speak("May I go on with step " + i + "?").join();
        }
    }

    private static void escalate(Path folder) throws Exception {
        SigningKey key = SigningKey.generate();
        Script takes = Script.answer(Duration.ofMillis(50)).pause(Duration.ofMillis(600)).press("1");
        try (Phones phones = Phones.onLoopback();
                Phone guardian = phones.start(PhoneSettings.named("guardian"), takes, (phone, event) -> {})) {
            List<Phone> experts = new ArrayList<>(); // one each, since a phone takes one call at a time
            for (int i = 0; i < ESCALATIONS; i++) experts.add(phones.start(PhoneSettings.named("expert-" + i), takes, (phone, event) -> {}));
            Path file = Files.writeString(folder.resolve("ifbus.yaml"), config(folder, key, experts, guardian));
            try (Bus bus = Bus.start(Config.read(file)); HttpClient http = HttpClient.newHttpClient()) {
                Asking asking = new Asking(URI.create("http://" + bus.http()), folder.resolve("data"), http);
                IfbusClient client = IfbusClient.connect(asking.bus, asking.token(Role.AGENT, AGENT));
                for (int i = 0; i < ESCALATIONS; i++) ask(client, message(i), key);
                asking.until(AT_MOST);
                converse(client, key);
                for (String path : READ) asking.get(path, Role.OPERATOR);
                for (int i = 0; i < ESCALATIONS; i++) asking.get("/v1/escalations/rehearsal-" + i, Role.OPERATOR);
            }
        }
    }

    /** A JVM that has just started, and records what it does, may be too busy at first. */
    private static void ask(IfbusClient client, ObjectNode message, SigningKey key) throws IfbusException, MessageRefused, InterruptedException {
        long end = System.nanoTime() + AT_MOST.toNanos();
        while (true) {
            try {
                client.escalate(message, key);
                return;
            } catch (IfbusException.Refused refused) {
                if (refused.status() != 503 || System.nanoTime() - end > 0) throw refused;
                Thread.sleep(LOOK);
            }
        }
    }

    /** One talk over MCP, so that an agent that starts {@code ifbus mcp} waits no longer than need be. What is answered does not matter. */
    private static void converse(IfbusClient client, SigningKey key) throws IOException, InterruptedException {
        String lines = """
                {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"r","version":"1"}}}
                {"jsonrpc":"2.0","method":"notifications/initialized"}
                {"jsonrpc":"2.0","id":2,"method":"tools/list"}
                {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"escalation_status","arguments":{"id":"rehearsal-0"}}}
                {"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"await_decision","arguments":{"id":"rehearsal-0","waitSeconds":0}}}
                """;
        StdioServer.run(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)), OutputStream.nullOutputStream(),
                new Caller(client, Optional.empty(), Optional.of(key)));
    }

    private static String config(Path folder, SigningKey key, List<Phone> experts, Phone guardian) {
        StringBuilder roster = new StringBuilder();
        for (int i = 0; i < experts.size(); i++)
            roster.append("  - { uri: \"").append(experts.get(i).uri()).append("\", hazards: [").append(HAZARDS.get(i)).append("] }\n");
        return """
                data: %s
                http: { listen: "127.0.0.1:0" }
                sip: { listen: ["udp:127.0.0.1:0", "tcp:127.0.0.1:0"] }
                media: { address: 127.0.0.1, ports: 28000-28998 }
                agents: [ { id: "%s", publicKey: "%s" } ]
                experts:
                %sguardians: [ { id: g, uri: "%s" } ]
                council: { quorum: 1, deadline: PT20S, gather: PT2S }
                guard: { callsPerMinute: 100 }
                """.formatted(folder.resolve("data"), AGENT, key.verifyKey(), roster, guardian.uri());
    }

    private static ObjectNode message(int number) {
        ObjectNode message = Output.object().put("id", "rehearsal-" + number).put("timestamp", Rfc3339.format(Instant.now(Clock.systemUTC())))
                .put("level", 2)
                .put("source", AGENT).put("destination", "if://service/guard/council");
        message.putObject("payload").put("performative", "ESCALATE").put("severity", "high").put("summary", "May I?").putArray("hazards")
                .add(HAZARDS.get(number));
        return message;
    }

    /** Reads as a browser or a poller does, and votes for the guardian as soon as that can be done. */
    private record Asking(URI bus, Path data, HttpClient http) {
        void until(Duration limit) throws IOException, InterruptedException {
            long end = System.nanoTime() + limit.toNanos();
            List<String> voted = new ArrayList<>();
            while (System.nanoTime() < end) {
                int closed = 0;
                for (var view : Output.JSON.readTree(get("/v1/escalations?limit=100", Role.OPERATOR)).path("escalations")) {
                    String id = view.path("id").asString("");
                    if (view.path("council").path("open").asBoolean(false) && !voted.contains(id)) {
                        voted.add(id);
                        vote(id);
                    }
                    if (view.has("decision") && !view.path("state").asString("").equals("DECIDED")) closed++;
                }
                if (closed == ESCALATIONS) return;
                Thread.sleep(LOOK);
            }
        }

        String get(String path, Role as) throws IOException, InterruptedException {
            return http.send(HttpRequest.newBuilder(bus.resolve(path)).header("Authorization", "Bearer " + token(as)).build(),
                    BodyHandlers.ofString()).body();
        }

        private void vote(String escalation) throws IOException, InterruptedException {
            var unused = http.send(HttpRequest.newBuilder(bus.resolve("/v1/escalations/" + escalation + "/votes"))
                    .header("Authorization", "Bearer " + token(Role.GUARDIAN, "g")).header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{\"vote\":\"approve\",\"conditions\":[\"rehearse\"]}")).build(), BodyHandlers.ofString());
        }

        private String token(Role role) throws IOException { return Files.readString(Tokens.file(data, role)).strip(); }

        String token(Role role, String id) throws IOException { return Files.readString(Tokens.file(data, role, id)).strip(); }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> found = Files.walk(folder)) {
            all = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) Files.delete(path);
    }
}
