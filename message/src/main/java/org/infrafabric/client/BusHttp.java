package org.infrafabric.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.StrictJson;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** One bus over HTTP, with one agent's token. What answers there may be anybody: every answer is bounded in time, to its last byte, and in size. */
final class BusHttp {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Pattern SECONDS = Pattern.compile("\\d{1,6}");

    private final HttpClient http;
    private final String base;
    private final String token;
    private final Duration answerWithin;

    private BusHttp(HttpClient http, String base, String token, Duration answerWithin) {
        this.http = http;
        this.base = base;
        this.token = token;
        this.answerWithin = answerWithin;
    }

    static BusHttp at(URI server, String token, Duration answerWithin) {
        if (server.getHost() == null || !("http".equals(server.getScheme()) || "https".equals(server.getScheme()))) {
            throw new IllegalArgumentException("a bus is at http://HOST:PORT or https://HOST:PORT, not at " + server);
        }
        String text = server.toString();
        while (text.endsWith("/")) text = text.substring(0, text.length() - 1);
        // Redirects are not followed: the token is for this server only.
        HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER).build();
        return new BusHttp(http, text, token, answerWithin);
    }

    BusHttp as(String other) { return new BusHttp(http, base, other, answerWithin); }

    BusHttp answeringWithin(Duration limit) { return new BusHttp(http, base, token, limit); }

    /** What was answered with success. */
    record Answer(int status, ObjectNode json) {}

    Answer get(String path) throws IfbusException, InterruptedException { return send(request(path).GET()); }

    Answer delete(String path) throws IfbusException, InterruptedException { return send(request(path).DELETE()); }

    Answer post(String path, byte[] json) throws IfbusException, InterruptedException {
        return send(request(path).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofByteArray(json)));
    }

    /** Opens an event stream; when there is none, it has ended at once. */
    EventStream follow(String path, String lastEventId) {
        EventStream events = new EventStream(lastEventId);
        HttpRequest.Builder request = request(path).header("Accept", "text/event-stream").GET();
        if (!lastEventId.isEmpty()) request.header("Last-Event-ID", lastEventId);
        var unused = http.sendAsync(request.build(), info -> {
            boolean stream = info.statusCode() == 200 && info.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream");
            if (!stream) events.end();
            return stream ? HttpResponse.BodySubscribers.fromSubscriber(events) : HttpResponse.BodySubscribers.replacing(null);
        }).whenComplete((response, failure) -> events.end());
        return events;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).header("Authorization", "Bearer " + token);
    }

    private Answer send(HttpRequest.Builder request) throws IfbusException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> sent = http.sendAsync(request.build(), info -> new BoundedBody(StrictJson.MAX_BYTES));
        try {
            // Not HttpRequest.timeout, which a server meets by sending its headers.
            return read(sent.get(answerWithin.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            throw new IfbusException.Unreachable(base + " did not answer within " + answerWithin, e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof IOException) {
                throw new IfbusException.Unreachable("no bus answers at " + base + " (" + cause + "); is ifbus serve running there?", cause);
            }
            throw new IllegalStateException(cause);
        } finally {
            sent.cancel(true);
        }
    }

    private Answer read(HttpResponse<byte[]> response) throws IfbusException {
        boolean done = response.statusCode() / 100 == 2;
        try {
            ObjectNode json = StrictJson.parse(response.body());
            if (done) return new Answer(response.statusCode(), json);
            throw new IfbusException.Refused(response.statusCode(), json.path("code").asString(""), json.path("field").asString(""),
                    json.path("detail").asString(json.path("title").asString("")), retryAfter(response));
        } catch (MessageRefused e) {
            if (done) throw new IfbusException.Unproven("the answer of " + base + " is not what a bus says: " + e.detail());
            throw new IfbusException.Refused(response.statusCode(), "", "", "without a reason", retryAfter(response));
        }
    }

    private static @Nullable Duration retryAfter(HttpResponse<?> response) {
        return response.headers().firstValue("Retry-After").filter(text -> SECONDS.matcher(text).matches()).map(Long::parseLong)
                .map(Duration::ofSeconds).orElse(null);
    }
}
