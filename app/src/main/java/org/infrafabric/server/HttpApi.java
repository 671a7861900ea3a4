package org.infrafabric.server;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.Optional;
import org.infrafabric.message.MessageSchema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The HTTP API and the dashboard (CONTRACT §2). Requests run on virtual threads, so a handler may wait.
 *
 * <p>What no route below names is a 404 problem; every error is a problem document (RFC 9457) with a {@link Problem.Code}.
 */
public final class HttpApi implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);
    private static final Set<Role> ANYONE_KNOWN = Set.of(Role.OPERATOR, Role.AGENT, Role.GUARDIAN);
    private static final Set<Role> OPERATORS = Set.of(Role.OPERATOR);
    private static final Set<Role> PEOPLE = Set.of(Role.OPERATOR, Role.GUARDIAN);

    private final HttpSettings settings;
    private final HttpParts parts;
    private final EventStreams streams;
    private final EscalationRoutes escalations;
    private final FeedbackRoutes feedback;
    private final LogRoutes log;
    private final CallRoutes calls;
    private final ConferenceRoutes conferences;
    private final ProofRoutes proofs;
    private final GuardRoutes guard;
    private final EdgeRoutes edge;
    private final KeeperRoutes keeper;
    private final McpRoutes mcp;
    private final Doorkeeper door;
    private final Dashboard dashboard = new Dashboard();
    private final List<Route> routes;
    private final Javalin javalin;
    private volatile boolean closed;

    public HttpApi(HttpSettings settings, HttpParts parts) {
        this.settings = settings;
        this.parts = parts;
        streams = new EventStreams(parts.log(), settings, System::nanoTime);
        escalations = new EscalationRoutes(parts.escalations(), streams, settings.maxBodyBytes(), parts.lag());
        feedback = new FeedbackRoutes(parts.escalations(), escalations);
        log = new LogRoutes(parts, streams);
        calls = new CallRoutes(parts.calls().escalations(), parts.calls().control());
        conferences = new ConferenceRoutes(parts.calls().conferences());
        proofs = new ProofRoutes(parts.log());
        guard = new GuardRoutes(parts.guard());
        edge = new EdgeRoutes(parts.guard(), parts.edge(), InstantSource.system(), System::nanoTime);
        keeper = new KeeperRoutes(parts.log());
        mcp = new McpRoutes(this::self, settings.maxBodyBytes());
        door = new Doorkeeper(settings, parts.credentials(), System::nanoTime);
        parts.metrics().eventStreams(streams::open);
        routes = table();
        javalin = Javalin.create(this::configure);
    }

    /** Every route, and which roles may use it; no roles: open to all. Agents see their own escalations only. */
    private List<Route> table() {
        return List.of(
                route("POST", "/v1/escalations", Set.of(Role.AGENT), escalations::submit),
                route("GET", "/v1/escalations", ANYONE_KNOWN, escalations::list),
                route("GET", "/v1/escalations/{id}", ANYONE_KNOWN, escalations::show),
                route("DELETE", "/v1/escalations/{id}", Set.of(Role.OPERATOR, Role.AGENT), escalations::cancel),
                route("GET", "/v1/escalations/{id}/events", ANYONE_KNOWN, escalations::events),
                route("POST", "/v1/escalations/{id}/votes", Set.of(Role.GUARDIAN), escalations::vote),
                route("GET", "/v1/escalations/{id}/feedback", ANYONE_KNOWN, feedback::list),
                route("POST", "/v1/escalations/{id}/feedback", ANYONE_KNOWN, feedback::give),
                route("GET", "/v1/escalations/{id}/recording", PEOPLE, escalations::recording),
                route("GET", "/v1/calls", OPERATORS, (ctx, who) -> calls.list(ctx)),
                route("POST", "/v1/calls", OPERATORS, calls::originate),
                route("DELETE", "/v1/calls/{id}", OPERATORS, calls::hangUp),
                route("POST", "/v1/calls/{id}/transfer", OPERATORS, calls::transfer),
                route("POST", "/v1/calls/{id}/hold", OPERATORS, calls::hold),
                route("POST", "/v1/calls/{id}/resume", OPERATORS, calls::resume),
                route("GET", "/v1/conferences", OPERATORS, (ctx, who) -> conferences.list(ctx)),
                route("GET", "/v1/conferences/{id}", OPERATORS, (ctx, who) -> conferences.show(ctx)),
                route("POST", "/v1/conferences/{id}/participants", OPERATORS, conferences::add),
                route("DELETE", "/v1/conferences/{id}/participants/{participant}", OPERATORS, conferences::remove),
                route("POST", "/v1/conferences/{id}/participants/{participant}/mute", OPERATORS, conferences::mute),
                route("POST", "/v1/conferences/{id}/participants/{participant}/unmute", OPERATORS, conferences::unmute),
                route("GET", "/v1/events", ANYONE_KNOWN, log::events),
                route("GET", "/v1/witness/entries", ANYONE_KNOWN, log::entries),
                route("GET", "/v1/witness/head", PEOPLE, (ctx, who) -> log.head(ctx)),
                route("GET", "/v1/witness/checkpoint", ANYONE_KNOWN, (ctx, who) -> proofs.checkpoint(ctx)),
                route("GET", "/v1/witness/proof/inclusion", ANYONE_KNOWN, (ctx, who) -> proofs.inclusion(ctx)),
                route("GET", "/v1/witness/proof/consistency", ANYONE_KNOWN, (ctx, who) -> proofs.consistency(ctx)),
                route("GET", "/v1/guard", Set.of(Role.OPERATOR), (ctx, who) -> guard.show(ctx)),
                route("POST", "/v1/guard/check", Set.of(Role.OPERATOR, Role.EDGE), edge::check),
                route("POST", "/v1/guard/reload", Set.of(Role.OPERATOR), guard::reload),
                route("POST", "/v1/guard/approvals/{hash}", Set.of(Role.OPERATOR), guard::approve),
                route("GET", "/v1/hazards", Set.of(Role.values()), (ctx, who) -> hazards(ctx)),
                route("GET", "/v1/whoami", Set.of(Role.values()), HttpApi::whoAmI),
                route("DELETE", "/v1/witness/blobs/{id}", Set.of(Role.OPERATOR), (ctx, who) -> keeper.deleteBlob(ctx)),
                route("POST", "/v1/keys/rotate", Set.of(Role.OPERATOR), (ctx, who) -> keeper.rotateKey(ctx)),
                route("POST", "/mcp", Set.of(Role.AGENT), mcp::post),
                route("DELETE", "/mcp", Set.of(Role.AGENT), mcp::delete),
                open("/v1/keys", log::keys),
                open("/metrics", ctx -> ctx.contentType("text/plain; version=0.0.4; charset=utf-8").result(parts.metrics().scrape())),
                open("/healthz", ctx -> Answers.json(ctx, 200, "{\"status\":\"ok\"}")),
                open("/readyz", this::ready),
                open("/schemas/{file}", HttpApi::schema),
                open("/openapi.yaml", ctx -> dashboard.send(ctx, "openapi.yaml")),
                open("/", ctx -> dashboard.send(ctx, "index.html")),
                open("/web/{file}", ctx -> dashboard.send(ctx, ctx.pathParam("file"))));
    }

    /** Begins to listen; gives the port. Throws {@link IOException} when the address cannot be had. */
    public int start() throws IOException {
        try {
            javalin.start();
        } catch (RuntimeException failed) {
            close();
            throw new IOException("cannot listen on " + settings.host() + ":" + settings.port() + " for HTTP: " + reason(failed), failed);
        }
        int port = javalin.port();
        Thread.ofVirtual().name("user-timeout").start(() -> boundSilence(port)); // nobody has to wait for it
        return port;
    }

    private void boundSilence(int port) {
        try {
            UserTimeout.onListeners(port, settings.writeTimeout());
        } catch (IOException elsewhere) {
            if (!closed)
                LOG.info("a client whose machine dies keeps its place for as long as the system repeats what it was sent: {}",
                        elsewhere.getMessage());
        }
    }

    /** Ends the event streams, lets requests that run be answered, and stops listening. */
    @Override
    public void close() {
        closed = true;
        mcp.close();
        streams.close();
        javalin.stop();
    }

    /** Where this machine reaches this server. */
    private URI self() {
        String host = switch (settings.host()) {
            case "0.0.0.0" -> "127.0.0.1";
            case "[::]" -> "[::1]";
            default -> settings.host();
        };
        return URI.create("http://" + host + ":" + javalin.port());
    }

    /** Method and path pattern of every route, as {@code openapi.yaml} must list them. */
    List<String> listed() {
        return routes.stream().map(route -> route.method + " " + route.path).toList();
    }

    private static void schema(Context ctx) {
        String file = ctx.pathParam("file");
        MessageSchema schema = Arrays.stream(MessageSchema.values()).filter(one -> one.file().equals(file)).findFirst()
                .orElseThrow(() -> new Problem(Problem.Code.NOT_FOUND, "file", "There are ifmessage-1.0.json and ifmessage-2.1.json."));
        ctx.contentType("application/schema+json").result(schema.text().getBytes(StandardCharsets.UTF_8));
    }

    private static void whoAmI(Context ctx, Principal who) {
        Answers.json(ctx, 200, JsonMapper.shared().createObjectNode().put("role", who.role().name().toLowerCase(Locale.ROOT)).put("id", who.id()));
    }

    private void hazards(Context ctx) {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        parts.hazards().forEach(node.putArray("hazards")::add);
        Answers.json(ctx, 200, node);
    }

    private void ready(Context ctx) {
        Optional<String> why = parts.unready().get();
        if (why.isPresent()) ctx.header("Retry-After", "1");
        Answers.json(ctx, why.isEmpty() ? 200 : 503,
                why.map(reason -> "{\"status\":\"not-ready\",\"reason\":\"" + reason + "\"}").orElse("{\"status\":\"ready\"}"));
    }

    /** What this path takes; empty for one that is not there. */
    private List<String> methodsOf(String path) {
        List<String> methods = new ArrayList<>();
        for (Route route : routes) {
            if (!path.matches(route.path.replaceAll("\\{[a-z]+}", "[^/]+"))) continue;
            methods.add(route.method);
            if (route.method.equals("GET")) methods.add("HEAD");
        }
        return methods;
    }

    private record Route(String method, String path, Set<Role> roles, Handler handler) {}

    @FunctionalInterface
    private interface Answer {
        void to(Context ctx, Principal who) throws IOException;
    }

    private Route route(String method, String path, Set<Role> roles, Answer answer) {
        return new Route(method, path, roles, ctx -> {
            Principal who = door.admit(ctx);
            if (!roles.contains(who.role()))
                throw new Problem(Problem.Code.FORBIDDEN, "Authorization", "This needs a token of the role "
                        + roles.stream().sorted().map(role -> role.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining(" or ")) + ".");
            answer.to(ctx, who);
        });
    }

    private static Route open(String path, Handler handler) { return new Route("GET", path, Set.of(), handler); }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.prefer405over404 = true;
        config.http.compressionStrategy = CompressionStrategy.NONE; // answers are small, and streams must not wait in a compressor
        config.http.defaultContentType = "application/octet-stream"; // one whose charset would not stick to what comes after it
        config.router.ignoreTrailingSlashes = false;
        new HttpListener(settings).configure(config.jetty);
        config.routes.before(ctx -> {
            SafeHeaders.ALL.forEach(ctx::header);
            door.checkWhereFrom(ctx);
        });
        for (Route route : routes) {
            Handler handler = counted(route);
            config.routes.addHttpHandler(HandlerType.findOrCreate(route.method), route.path, handler);
            if (route.method.equals("GET")) config.routes.addHttpHandler(HandlerType.HEAD, route.path, handler);
        }
        new Refusals(this::methodsOf).register(config.routes);
    }

    private Handler counted(Route route) {
        return ctx -> {
            long began = System.nanoTime();
            int status = 500;
            try {
                route.handler.handle(ctx);
                status = ctx.statusCode();
            } catch (Problem problem) {
                status = problem.code().status();
                throw problem;
            } finally {
                boolean stream = route.path.endsWith("/events") || route.path.equals("/mcp");
                if (!stream) parts.metrics().httpAnswered(route.method, route.path, status, Duration.ofNanos(System.nanoTime() - began));
            }
        };
    }

    private static String reason(Throwable failed) {
        Throwable root = failed;
        while (root.getCause() != null) root = root.getCause();
        return String.valueOf(root.getMessage());
    }
}
