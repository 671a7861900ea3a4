package org.infrafabric.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.infrafabric.message.SigningKey;
import org.infrafabric.witness.AddCheckpoint;
import org.infrafabric.witness.Cosigner;
import org.infrafabric.witness.NoteKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code witness cosigner}: a witness for other logs, with a key and a memory of its own. */
@Command(name = "cosigner", mixinStandardHelpOptions = true,
        description = {"Be a witness (C2SP tlog-witness): cosign the checkpoints of logs that prove each to continue the last, and no others.",
            "Run it where the log's operator has no say. It listens without TLS; put a proxy before it to reach it from elsewhere."})
final class CosignerCommand implements Callable<Integer> {
    private static final Pattern LISTEN = Pattern.compile("([0-9.]{7,15}|\\[[0-9a-fA-F:.]{2,45}]):([0-9]{1,5})");
    private static final Pattern CHECKPOINT = Pattern.compile("/([0-9a-f]{64})/checkpoint");
    private static final int AT_ONCE = 64;

    @Option(names = "--listen", paramLabel = "IP:PORT", defaultValue = "127.0.0.1:0",
            description = "Where (default: a free port on loopback).") private String listen = "";

    @Option(names = "--name", required = true, paramLabel = "NAME",
            description = "Of this witness, such as witness.example/w1.") private String name = "";

    @Option(names = "--key", required = true, paramLabel = "FILE",
            description = "Its key file, made if it is not there; to be used for nothing else.") private Path key = Path.of("");

    @Option(names = "--state", required = true, paramLabel = "DIR",
            description = "Where it remembers what it has cosigned. Without its memory it can be made to cosign a fork.") private Path state = Path
                    .of("");

    @Option(names = "--log", required = true, paramLabel = "VKEY",
            description = "A log's verifier key, ORIGIN+ID+KEY; more than one may be given, also of one log.") private List<String> logs = List.of();

    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws Exception {
        Matcher address = LISTEN.matcher(listen);
        if (!address.matches()) throw new IllegalArgumentException("--listen is written IP:PORT, such as 127.0.0.1:8090");
        if (!Files.exists(key)) SigningKey.generate().write(key);
        Cosigner cosigner = new Cosigner(name, SigningKey.read(key), logs.stream().map(NoteKey::parse).toList(), state, Clock.systemUTC());
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral(address.group(1).replaceAll("[\\[\\]]", "")),
                Integer.parseInt(address.group(2))), AT_ONCE);
        Semaphore turns = new Semaphore(AT_ONCE);
        server.createContext("/", exchange -> serve(exchange, cosigner, turns));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.stop(1);
            stopped.countDown();
        }, "shutdown"));
        String at = address.group(1) + ":" + server.getAddress().getPort();
        output.result(Output.object().put("http", at).put("name", name).put("vkey", cosigner.publicKey().vkey())
                .put("publicKey", cosigner.publicKey().key().toString()),
                "cosigner ready http=" + at + " vkey=" + cosigner.publicKey().vkey());
        stopped.await();
        return ExitCode.DONE;
    }

    private static void serve(HttpExchange exchange, Cosigner cosigner, Semaphore turns) throws IOException {
        try (exchange) {
            if (!turns.tryAcquire()) {
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            try {
                send(exchange, answer(exchange, cosigner));
            } catch (IOException e) {
                Output.progress("cosigner: " + e.getMessage());
                send(exchange, new Cosigner.Answer(500, "text/plain", "this witness cannot cosign now\n"));
            } finally {
                turns.release();
            }
        }
    }

    private static Cosigner.Answer answer(HttpExchange exchange, Cosigner cosigner) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/add-checkpoint")) {
            if (!exchange.getRequestMethod().equals("POST")) return new Cosigner.Answer(405, "text/plain", "POST\n");
            return cosigner.addCheckpoint(exchange.getRequestBody().readNBytes(AddCheckpoint.MAX_BYTES + 1));
        }
        Matcher wanted = CHECKPOINT.matcher(path);
        if (wanted.matches() && exchange.getRequestMethod().equals("GET")) return cosigner.checkpoint(wanted.group(1));
        return new Cosigner.Answer(404, "text/plain", "POST /add-checkpoint, or GET /ORIGIN-HASH/checkpoint\n");
    }

    private static void send(HttpExchange exchange, Cosigner.Answer answer) throws IOException {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.contentType());
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
    }
}
