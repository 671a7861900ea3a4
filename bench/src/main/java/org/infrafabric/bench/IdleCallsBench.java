package org.infrafabric.bench;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.IfbusProcess;
import org.infrafabric.testkit.Ports;
import org.infrafabric.testkit.Sipp;
import org.infrafabric.testkit.SippScenario;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code bench idle-calls}: what calls cost in memory that are up and on hold. Each is an escalation whose expert, a sipp phone, has answered with {@code a=inactive}: its
 * dialog stands, its RTP and RTCP sockets are open, its recording has begun, its briefing is over.
 */
@Command(name = "idle-calls", mixinStandardHelpOptions = true, description = "Memory of a bus with many calls on hold, beyond what it holds without.")
final class IdleCallsBench implements Callable<Integer> {
    private static final int EXPERTS = 100;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Option(names = "--calls", defaultValue = "1000", description = "1 to 2000 (default: 1000).") private int calls;

    @Option(names = "--rate", defaultValue = "20", description = "Calls a second while they are set up (default: 20).") private int rate;

    @Option(names = "--rest", defaultValue = "30", description = "Seconds to rest before memory is read (default: 30).") private int rest;

    @Option(names = "--json", description = "Print the figures as one JSON object on the last line of stdout.") private boolean json;

    private final LoadingAgent agent = new LoadingAgent(EXPERTS);

    @Override
    public Integer call() throws Exception {
        if (calls < 1 || calls > 2_000 || rate < 1) throw new IllegalArgumentException("1 to 2000 calls, at least one a second");
        Path folder = Files.createTempDirectory("ifbus-bench");
        try (Sipp phones = Sipp.callee(folder.resolve("phones"), SippScenario.invited().ring().answerHeld().awaitBye(), calls)) {
            Path config = Files.writeString(folder.resolve("ifbus.yaml"), config(folder, phones));
            try (IfbusProcess bus = IfbusProcess.serve(folder, config); HttpClient client = HttpClient.newHttpClient()) {
                TimeUnit.SECONDS.sleep(rest);
                long before = Pinned.statusKb(bus.pid(), "VmRSS");
                int taken = 0;
                long start = System.nanoTime();
                for (int i = 0; i < calls; i++) {
                    long wait = start + i * 1_000_000_000L / rate - System.nanoTime();
                    if (wait > 0) TimeUnit.NANOSECONDS.sleep(wait);
                    if (send(client, bus, "agent", "/v1/escalations", agent.message("idle-" + i, i, "Hold the line, please.").toString())
                            .statusCode() == 202)
                        taken++;
                }
                int expected = taken;
                long up = Await.until("the calls to be up", Duration.ofSeconds(60), () -> active(client, bus), count -> count >= expected);
                TimeUnit.SECONDS.sleep(rest);
                long full = Pinned.statusKb(bus.pid(), "VmRSS");
                double cpu = Pinned.cpuSeconds(bus.pid());
                TimeUnit.SECONDS.sleep(10);
                cpu = (Pinned.cpuSeconds(bus.pid()) - cpu) * 10;
                collect(bus.pid());
                long collected = Pinned.statusKb(bus.pid(), "VmRSS");
                return report(up, before, full, collected, cpu);
            }
        }
    }

    private int report(long up, long before, long full, long collected, double cpuPercent) {
        if (json)
            System.out.println(JSON.createObjectNode().put("calls", calls).put("up", up).put("rssBeforeKb", before).put("rssKb", full)
                    .put("rssCollectedKb", collected).put("extraMb", (full - before) / 1024).put("extraCollectedMb", (collected - before) / 1024)
                    .put("cpuPercentOfACore", cpuPercent));
        else
            System.out.printf(Locale.ROOT, """
                %d calls on hold of %d
                  memory     %d MB before, %d MB with them: %+d MB; after a full collection %+d MB
                  CPU        %.1f %% of a core while nothing happens
                """, up, calls, before / 1024, full / 1024, (full - before) / 1024, (collected - before) / 1024, cpuPercent);
        return up == calls ? 0 : 1;
    }

    /** What is garbage is no cost of a call; without a JDK's {@code jcmd} it stays in the figure. */
    private static void collect(long pid) throws Exception {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        if (!Files.isExecutable(jcmd)) return;
        new ProcessBuilder(jcmd.toString(), "" + pid, "GC.run").redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start()
                .waitFor(30, TimeUnit.SECONDS);
    }

    private static long active(HttpClient client, IfbusProcess bus) throws Exception {
        return send(client, bus, "op", "/metrics", "").body().lines().filter(line -> line.startsWith("ifbus_calls_active"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    private static HttpResponse<String> send(HttpClient client, IfbusProcess bus, String owner, String path, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + bus.http() + path)).timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + LoadingAgent.token(owner));
        if (!body.isEmpty()) request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private String config(Path folder, Sipp phones) {
        return """
                domain: ifbus.local
                data: %s
                http: { listen: "127.0.0.1:0" }
                sip: { listen: ["udp:127.0.0.1:%d"] }
                media: { address: 127.0.0.1, ports: 20000-29999 }
                limits: { calls: %d }
                council: { quorum: 0, deadline: PT30M, gather: PT10S }
                """.formatted(folder.resolve("data"), Ports.free(2), calls + 10) + agent.config(phones);
    }
}
