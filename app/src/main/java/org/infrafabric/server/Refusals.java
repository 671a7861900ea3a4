package org.infrafabric.server;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of a request that is not answered as asked: a problem document, whether a route refused it, the router, Jetty, or a fault of ours. */
final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private final Function<String, List<String>> methodsOf;

    /** @param methodsOf what a path takes; empty for one that is not there */
    Refusals(Function<String, List<String>> methodsOf) {
        this.methodsOf = methodsOf;
    }

    void register(RoutesConfig routes) {
        routes.exception(Problem.class, (problem, ctx) -> problem.answer(ctx));
        routes.exception(HttpResponseException.class, (refused, ctx) -> refusedByRouter(refused, ctx));
        routes.exception(HttpException.RuntimeException.class, (broken, ctx) -> brokenBody(broken, ctx));
        routes.exception(UncheckedIOException.class, (broken, ctx) -> brokenBody(broken, ctx));
        routes.exception(Exception.class, (failed, ctx) -> {
            LOG.error("{} {} failed; the client got a 500", ctx.method(), ctx.path(), failed);
            new Problem(Problem.Code.INTERNAL, "", "The server's log says more. Trying again may help.").answer(ctx);
        });
    }

    private void refusedByRouter(HttpResponseException refused, Context ctx) {
        List<String> allowed = methodsOf.apply(ctx.path());
        if (refused.getStatus() == 405 && !allowed.isEmpty()) {
            ctx.header("Allow", String.join(", ", allowed));
            new Problem(Problem.Code.METHOD, "", "This path takes " + String.join(" and ", allowed) + ".").answer(ctx);
        } else if (refused.getStatus() == 404 || refused.getStatus() == 405) {
            new Problem(Problem.Code.NOT_FOUND, "", "GET /openapi.yaml lists every path.").answer(ctx);
        } else {
            new Problem(Problem.Code.BAD_REQUEST, "", String.valueOf(refused.getMessage())).answer(ctx);
        }
    }

    /** A body that came too slowly, or not to its end. The client's doing, so nobody is woken for it. */
    private static void brokenBody(Exception broken, Context ctx) {
        boolean slow = broken instanceof HttpException bad && bad.getCode() == 408;
        ctx.header("Connection", "close");
        new Problem(slow ? Problem.Code.SLOW : Problem.Code.BAD_REQUEST, "",
                slow ? Problem.Code.SLOW.advice(408) : "The body did not come to its end.").answer(ctx);
    }

    /** What Jetty refuses before a route is found: broken request lines, headers over the limit, a missing Host. */
    static boolean unreadable(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        Problem.Code code = switch (status) {
            case 408 -> Problem.Code.SLOW;
            case 413 -> Problem.Code.TOO_LARGE;
            case 414 -> Problem.Code.LONG_LINE;
            case 431 -> Problem.Code.LONG_HEAD;
            default -> status >= 500 ? Problem.Code.INTERNAL : Problem.Code.BAD_REQUEST;
        };
        response.setStatus(code.status());
        SafeHeaders.ALL.forEach((name, value) -> response.getHeaders().put(name, value));
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
        byte[] document = new Problem(code, "", code.advice(status)).document();
        Content.Sink.write(response, true, new String(document, StandardCharsets.UTF_8), callback);
        return true;
    }
}
