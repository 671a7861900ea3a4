package org.infrafabric.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.IfbusProcess;
import org.infrafabric.testkit.Ports;
import org.infrafabric.testkit.Sipp;
import org.infrafabric.testkit.SippScenario;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One bus in a process of its own under one load, with sipp as its phones. Experts enough that the guard's default limits hold. */
final class LoadedBus {
    /** Of one expert's calls the guard's default lets ten a minute through. */
    private static final int EXPERTS_FOR_EACH_A_SECOND = 10;
    /** After the load, until a message is taken again. */
    private static final int MOST_TRIES = 600;
    private static final Duration REST = Duration.ofSeconds(8);
    private static final List<String> GUARDIANS = List.of("sage", "skeptic", "ethicist");
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final Path folder;
    private final Load load;
    private final String more;
    private final Map<Integer, Integer> statuses = new ConcurrentHashMap<>();
    private final AtomicInteger withRetryAfter = new AtomicInteger();
    private volatile long recoveryMillis = -1;
    private final LoadingAgent agent;
    private final List<Long> answered = Collections.synchronizedList(new ArrayList<>());
    private final Set<String> taken = ConcurrentHashMap.newKeySet();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();

    LoadedBus(Path folder, Load load) { this(folder, load, ""); }

    /** @param more keys for the config */
    LoadedBus(Path folder, Load load, String more) {
        this.folder = folder;
        this.load = load;
        this.more = more;
        this.agent = new LoadingAgent(Math.max(100, load.rate() * EXPERTS_FOR_EACH_A_SECOND));
    }

    Figures measure() throws Exception {
        boolean council = load.guardians() > 0;
        SippScenario answers = SippScenario.invited().ring().answer();
        SippScenario expert = council ? answers.speak().awaitBye() : answers.speak().pause(5_000).bye();
        int calls = load.warmUpCount() + load.count() + 1; // one more to learn what an escalation of this kind writes
        try (Sipp experts = Sipp.callee(folder.resolve("experts"), expert, calls);
                Sipp guardians = Sipp.callee(folder.resolve("guardians"), SippScenario.invited().ring().answer().awaitBye(),
                        Math.max(1, calls * load.guardians()))) {
            Path config = Files.writeString(folder.resolve("ifbus.yaml"), config(experts, guardians));
            long start = System.nanoTime();
            try (IfbusProcess bus = IfbusProcess.serve(folder, config); HttpClient client = HttpClient.newHttpClient()) {
                long startMillis = (System.nanoTime() - start) / 1_000_000;
                Client http = new Client(client, bus.http());
                long idle = rssKb(bus.pid(), "VmRSS"), before = entries(http);
                escalate(http, 0);
                rest(http);
                long one = entries(http) - before;
                send(http, load.count() + MOST_TRIES, load.warmUpCount());
                rest(http);
                double cpuBefore = cpuSeconds(bus.pid());
                long first = entries(http);
                send(http, 0, load.count());
                if (!more.isEmpty()) recover(http);
                List<JsonNode> ended = awaitEnds(http);
                long written = entries(http) - first, peak = rssKb(bus.pid(), "VmHWM");
                return new Figures(load, load.count(), refused.size(), millis(ended, "ringMillis"), millis(ended, "setupMillis"), Spread.of(answered),
                        Figures.counted(ended.stream().map(view -> view.path("decision").path("payload").path("decision").asString("none")).toList()),
                        written,
                        one * load.count(), idle, peak, startMillis, cpuSeconds(bus.pid()) - cpuBefore);
            }
        }
    }

    private String config(Sipp experts, Sipp guardians) {
        StringBuilder council = new StringBuilder();
        for (String guardian : GUARDIANS.subList(0, load.guardians())) {
            council.append("  - { id: ").append(guardian).append(", uri: \"").append(guardians.uri(guardian)).append("\", token: \"")
                    .append(LoadingAgent.token(guardian)).append("\", accept: answer }\n");
        }
        return """
                domain: ifbus.local
                data: %s
                http: { listen: "127.0.0.1:0" }
                sip: { listen: ["udp:127.0.0.1:%d"] }
                media: { address: 127.0.0.1, ports: 20000-29999 }
                council: { quorum: %d, deadline: PT60S, gather: PT10S }
                """.formatted(folder.resolve("data"), Ports.free(2), load.guardians() > 0 ? 2 : 0) + agent.config(experts)
                + (load.guardians() > 0 ? "guardians:\n" + council : "") + more;
    }

    /** How often each status came; only what was refused at the door and is no fault of the load's making is 503. */
    Map<Integer, Integer> statuses() {
        return Map.copyOf(statuses);
    }

    /** Refusals that said when to come back. */
    int withRetryAfter() { return withRetryAfter.get(); }

    /** End of the load → the first message taken again; -1 where that was not tried. */
    long recoveryMillis() { return recoveryMillis; }

    /** Sends one message after another until one is taken. */
    private void recover(Client http) throws InterruptedException {
        long start = System.nanoTime();
        for (int number = load.count() + 1; recoveryMillis < 0 && number < load.count() + MOST_TRIES; number++) {
            int before = taken.size();
            escalate(http, number);
            if (taken.size() > before) recoveryMillis = (System.nanoTime() - start) / 1_000_000;
            else TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** Waits until all is over that was sent until now. The figures of the run will not hold it. */
    private void rest(Client http) throws Exception {
        awaitEnds(http);
        taken.clear();
        refused.clear();
        answered.clear();
        statuses.clear();
        withRetryAfter.set(0);
    }

    /** @param after the number of the one before the first */
    private void send(Client http, int after, int count) throws InterruptedException {
        long start = System.nanoTime(), gap = 1_000_000_000L / load.rate();
        try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < count; i++) {
                long wait = start + i * gap - System.nanoTime();
                if (wait > 0) TimeUnit.NANOSECONDS.sleep(wait);
                int number = after + i + 1;
                senders.execute(() -> escalate(http, number));
            }
        }
    }

    private void escalate(Client http, int number) {
        try {
            byte[] body = message(number).toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
            long sent = System.nanoTime();
            HttpResponse<String> response = http.send("agent", "/v1/escalations",
                    HttpRequest.newBuilder().header("Content-Type", "application/json").POST(BodyPublishers.ofByteArray(body)));
            answered.add((System.nanoTime() - sent) / 1_000_000);
            String id = "bench-" + number;
            statuses.merge(response.statusCode(), 1, Integer::sum);
            if (response.statusCode() != 202) {
                if (response.headers().firstValue("Retry-After").isPresent()) withRetryAfter.incrementAndGet();
                refused.add(id);
                return;
            }
            taken.add(id);
            if (load.guardians() > 0) vote(http, id);
        } catch (IOException | InterruptedException failed) {
            refused.add("bench-" + number);
        }
    }

    private void vote(Client http, String id) throws InterruptedException {
        for (String guardian : GUARDIANS.subList(0, load.guardians())) {
            for (int tries = 0; tries < 300; tries++) {
                try {
                    int status = http.send(guardian, "/v1/escalations/" + id + "/votes",
                            HttpRequest.newBuilder().header("Content-Type", "application/json")
                                    .POST(BodyPublishers.ofString("{\"vote\":\"approve\"}")))
                            .statusCode();
                    if (status / 100 == 2) break;
                } catch (IOException retried) {
                    System.err.println("bench: vote on " + id + ": " + retried);
                }
                TimeUnit.MILLISECONDS.sleep(200); // voting is not open yet
            }
        }
    }

    private ObjectNode message(int number) {
        return agent.message("bench-" + number, number, "May I go on with step " + number + "?"); // never said before: nothing comes from the voice's memory
    }

    /** Waits until every escalation that was taken has its decision and its calls have ended; gives their views. */
    private List<JsonNode> awaitEnds(Client http) throws Exception {
        List<JsonNode> views = new ArrayList<>();
        for (String id : taken) {
            views.add(Await.until(id + " to end", Duration.ofSeconds(120),
                    () -> JSON.readTree(http.send("op", "/v1/escalations/" + id, HttpRequest.newBuilder().GET()).body()),
                    view -> view.path("decision").isObject()));
        }
        comeToRest(http);
        return views;
    }

    /** Calls end and recordings are written some seconds after a decision: waits until the log has not grown for {@link #REST}. */
    private static void comeToRest(Client http) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(90).toNanos(), quietSince = System.nanoTime(), last = entries(http);
        while (System.nanoTime() - quietSince < REST.toNanos()) {
            if (System.nanoTime() - end > 0) throw new IllegalStateException("the log still grows a minute and a half after the last decision");
            TimeUnit.MILLISECONDS.sleep(200);
            long now = entries(http);
            if (now != last) quietSince = System.nanoTime();
            last = now;
        }
    }

    private static long entries(Client http) throws IOException, InterruptedException {
        String metrics = http.send("op", "/metrics", HttpRequest.newBuilder().GET()).body();
        return metrics.lines().filter(line -> line.startsWith("ifbus_witness_entries_total "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .findFirst().orElse(0);
    }

    private static Spread millis(List<JsonNode> views, String field) {
        return Spread.of(views.stream().map(view -> view.path(field)).filter(JsonNode::isNumber).map(JsonNode::longValue).toList());
    }

    private static long rssKb(long pid, String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream().filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElse(0);
    }

    private static double cpuSeconds(long pid) {
        return ProcessHandle.of(pid).flatMap(process -> process.info().totalCpuDuration()).map(cpu -> cpu.toMillis() / 1000.0).orElse(0.0);
    }

    /** HTTP with the tokens of this run. */
    private record Client(HttpClient client, String address) {
        HttpResponse<String> send(String owner, String path, HttpRequest.Builder request) throws IOException, InterruptedException {
            return client.send(
                    request.uri(URI.create("http://" + address + path)).timeout(Duration.ofSeconds(30))
                            .header("Authorization", "Bearer " + LoadingAgent.token(owner)).build(),
                    BodyHandlers.ofString());
        }
    }
}
