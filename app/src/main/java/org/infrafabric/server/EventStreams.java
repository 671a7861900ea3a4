package org.infrafabric.server;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.infrafabric.witness.Entry;

/**
 * Event streams (WHATWG HTML §9.2): id = seq, data = the entry. Each runs on the virtual thread of its request.
 *
 * <p>No stream has a queue: what a client has not read yet waits in the log, but for one page. A client that stops reading is cut off by the connection's write timeout; it
 * resumes with {@code Last-Event-ID}.
 */
final class EventStreams implements AutoCloseable {
    private static final int PAGE = 256;
    private static final byte[] RETRY = "retry: 2000\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ALIVE = ": alive\n\n".getBytes(StandardCharsets.US_ASCII);

    private final LogReader log;
    private final LogTail tail;
    private final HttpSettings settings;
    private final LongSupplier nanoClock;
    private final Map<Principal, Integer> open = new HashMap<>();
    private int openInAll;

    EventStreams(LogReader log, HttpSettings settings, LongSupplier nanoClock) {
        this.log = log;
        this.tail = new LogTail(log);
        this.settings = settings;
        this.nanoClock = nanoClock;
    }

    /** Everything that {@code who} may see, from now on or from where it left off. */
    void serveAll(Context ctx, Principal who, Predicate<Entry> wanted) throws IOException {
        serve(ctx, who, Optional.empty(), wanted, lastEventId(ctx).orElseGet(tail::head));
    }

    /** One trace, from its beginning or from where the client left off. */
    void serveTrace(Context ctx, Principal who, String traceId, Predicate<Entry> wanted) throws IOException {
        serve(ctx, who, Optional.of(traceId), wanted.and(entry -> entry.traceId().equals(traceId)), lastEventId(ctx).orElse(0L));
    }

    /** No id is too old: what the tail does not hold comes from the log. One beyond the log's end is of another log, or of one that was restored: waiting for it would skip entries. */
    private Optional<Long> lastEventId(Context ctx) {
        Optional<Long> last = Parameters.lastEventId(ctx);
        long end = tail.head();
        if (last.filter(id -> id > end).isPresent())
            throw new Problem(Problem.Code.PARAMETER, "Last-Event-ID",
                    "The log ends at " + end + ": this id is of another one. Read the state anew.");
        return last;
    }

    synchronized int open() { return openInAll; }

    @Override
    public void close() { tail.close(); }

    private void serve(Context ctx, Principal who, Optional<String> trace, Predicate<Entry> wanted, long after) throws IOException {
        enter(who);
        try {
            ctx.contentType("text/event-stream").header("Cache-Control", "no-store").header("X-Accel-Buffering", "no");
            if (ctx.req().getMethod().equals(HandlerType.HEAD.name())) return;
            OutputStream out = ctx.res().getOutputStream();
            out.write(RETRY);
            out.flush();
            long sent = trace.isPresent() ? replay(out, trace.get(), wanted, after) : after;
            follow(out, wanted, sent);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (IOException gone) {
            if (!ctx.res().isCommitted()) throw gone;
            // The client went away or read too slowly; it knows, and resumes if it wants to.
        } finally {
            leave(who);
        }
    }

    /** What stands already of one trace, without walking through the rest of the log. Gives the seq up to which the log was looked at. */
    private long replay(OutputStream out, String trace, Predicate<Entry> wanted, long after) throws IOException {
        long upTo = tail.head();
        long sent = after;
        while (sent < upTo && !tail.closed()) {
            List<Entry> page = log.entries(Optional.of(trace), sent + 1, PAGE);
            write(out, page, wanted);
            if (page.size() < PAGE) return Math.max(upTo, page.isEmpty() ? sent : page.getLast().seq());
            sent = page.getLast().seq();
        }
        return sent;
    }

    private void follow(OutputStream out, Predicate<Entry> wanted, long after) throws IOException, InterruptedException {
        long heartbeat = settings.heartbeat().toNanos();
        long sent = after;
        long wrote = nanoClock.getAsLong();
        while (!tail.closed()) {
            List<Entry> page = tail.await(sent + 1, Math.max(1, heartbeat - (nanoClock.getAsLong() - wrote)));
            if (!page.isEmpty()) sent = page.getLast().seq();
            if (write(out, page, wanted)) {
                wrote = nanoClock.getAsLong();
            } else if (nanoClock.getAsLong() - wrote >= heartbeat) {
                out.write(ALIVE);
                out.flush();
                wrote = nanoClock.getAsLong();
            }
        }
    }

    private static boolean write(OutputStream out, List<Entry> page, Predicate<Entry> wanted) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Entry entry : page)
            if (wanted.test(entry)) text.append("id: ").append(entry.seq()).append("\ndata: ").append(entry.json()).append("\n\n");
        if (text.isEmpty()) return false;
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
        return true;
    }

    private synchronized void enter(Principal who) {
        if (openInAll >= settings.maxStreams())
            throw new Problem(Problem.Code.OVERLOAD, "", "All " + settings.maxStreams() + " event streams are in use; try again later, or poll.", 10);
        if (open.getOrDefault(who, 0) >= settings.maxStreamsPerToken())
            throw new Problem(Problem.Code.RATE, "", "This token has " + settings.maxStreamsPerToken() + " event streams open; close one.", 10);
        open.merge(who, 1, Integer::sum);
        openInAll++;
    }

    private synchronized void leave(Principal who) {
        open.computeIfPresent(who, (same, count) -> count == 1 ? null : Integer.valueOf(count - 1));
        openInAll--;
    }
}
