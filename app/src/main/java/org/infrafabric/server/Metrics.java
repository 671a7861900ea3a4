package org.infrafabric.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/**
 * The figures of CONTRACT §7, in Prometheus' text form. Any thread may count.
 *
 * <p>Label values come from closed sets: what a peer may invent (a SIP method, a policy's rule) is folded or bounded here, so that nobody
 * can grow the registry from outside.
 */
public final class Metrics implements AutoCloseable {
    private static final Set<String> SIP_METHODS = Set.of("INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "PRACK", "UPDATE", "INFO",
            "SUBSCRIBE", "NOTIFY", "REFER", "MESSAGE", "PUBLISH");
    private static final List<String> OUTCOMES = List.of("decided", "denied", "held", "shared", "exhausted", "expired", "cancelled");
    private static final int MOST_RULES = 200;
    private static final Duration[] RING = seconds(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30);
    private static final Duration[] COMMIT = seconds(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Set<String> rules = ConcurrentHashMap.newKeySet();
    private final List<LongSupplier> watched = new CopyOnWriteArrayList<>(); // micrometer holds them weakly
    private final Timer ring;
    private final Timer commit;
    private final Counter retransmissions;
    private final Counter turnedAway;
    private final Counter entries;

    public Metrics() {
        ring = histogram("ifbus.escalation.ring", "Message read to the expert's phone ringing", RING).register(registry);
        commit = histogram("ifbus.witness.commit", "One group commit of the witness log, with its fsync", COMMIT).register(registry);
        retransmissions = Counter.builder("ifbus.sip.retransmissions").description("SIP messages sent again").register(registry);
        turnedAway = Counter.builder("ifbus.sip.turned.away").description("New SIP requests answered 503 in an overload").register(registry);
        entries = Counter.builder("ifbus.witness.entries").description("Entries durable in the witness log").register(registry);
        // A figure that is not there yet looks like one that nobody feeds, and its first step would be invisible to rate().
        for (String outcome : OUTCOMES) outcomes(outcome);
        for (String result : List.of("loaded", "waiting", "rejected")) reloads(result);
        setup("sip");
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /** An escalation reached its end. {@code outcome}: the state in which it ended, in lower case, as CONTRACT §3 names them; {@code decided} for the council's. */
    public void escalationEnded(String outcome) {
        outcomes(outcome.toLowerCase(Locale.ROOT)).increment();
    }

    private Counter outcomes(String outcome) {
        return Counter.builder("ifbus.escalations").description("Escalations that came to an end").tag("outcome", outcome).register(registry);
    }

    /** Message fully read → the expert's first 180, 183 or 2xx. */
    public void rang(Duration sinceRead) { ring.record(sinceRead); }

    /** A call was set up: request sent → answered. {@code protocol}: sip, h323, webrtc. */
    public void callSetUp(String protocol, Duration took) {
        setup(protocol).record(took);
    }

    private Timer setup(String protocol) {
        return histogram("ifbus.call.setup", "A call's request sent to its answer", RING).tag("protocol", protocol).register(registry);
    }

    /** {@code direction}: in or out; {@code method}: of the CSeq; {@code transport}: udp, tcp, tls, ws, wss. */
    public void sipMessage(String direction, String method, String transport) {
        registry.counter("ifbus.sip.messages", "direction", direction, "method", SIP_METHODS.contains(method) ? method : "other", "transport",
                transport.toLowerCase(Locale.ROOT)).increment();
    }

    public void sipRetransmission() { retransmissions.increment(); }

    /** A new SIP request was turned away (503) because the node could not keep up. */
    public void sipTurnedAway() { turnedAway.increment(); }

    /** Running total of late mixes, kept by the media. */
    public void mixesLate(LongSupplier total) {
        watched.add(total);
        FunctionCounter.builder("ifbus.mix.late", total, LongSupplier::getAsLong).description("Mixes started over 20 ms after they were due")
                .register(registry);
    }

    /** An entry became durable. */
    public void entryWritten() { entries.increment(); }

    /** A group commit was waited for. */
    public void committed(Duration took) { commit.record(took); }

    /** {@code result}: people, hold, share, deny; {@code rule}: its name in the policy. */
    public void guardDecided(String result, String rule) {
        String bounded = rules.contains(rule) || rules.size() < MOST_RULES && rules.add(rule) ? rule : "other";
        Counter.builder("ifbus.guard.decisions").description("What the guard said, to messages and to calls")
                .tags("result", result.toLowerCase(Locale.ROOT), "rule", bounded).register(registry).increment();
    }

    /** A policy and roster were read. {@code result}: loaded, waiting (for approval), rejected. */
    public void guardReloaded(String result) {
        reloads(result).increment();
    }

    private Counter reloads(String result) {
        return Counter.builder("ifbus.guard.reloads").description("Policies and rosters read, at the start too").tag("result", result)
                .register(registry);
    }

    /** One HTTP request answered. {@code route} is the path's pattern, never the path. */
    public void httpAnswered(String method, String route, int status, Duration took) {
        histogram("ifbus.http.request", "HTTP requests, body read and answered", COMMIT)
                .tags("method", method, "route", route, "status", Integer.toString(status)).register(registry).record(took);
    }

    /** Legs that are up. */
    public void callsActive(LongSupplier now) { gauge("ifbus.calls.active", "Legs that are up or being set up", now); }

    /** Parties on bridges. */
    public void conferenceParticipants(LongSupplier now) {
        gauge("ifbus.conference.participants", "Parties on a bridge", now);
    }

    /** Milliseconds that the loop of calls and escalations is late. */
    public void loopLag(LongSupplier now) {
        gauge("ifbus.loop.lag.milliseconds", "How late the loop is that owns calls and escalations", now);
    }

    /** Event streams that are open. */
    public void eventStreams(LongSupplier now) { gauge("ifbus.http.streams", "Event streams that are open", now); }

    /** Running totals of RTP packets, kept where packets pass so that counting costs the media nothing. */
    public void rtpPackets(LongSupplier in, LongSupplier out) {
        watched.add(in);
        watched.add(out);
        FunctionCounter.builder("ifbus.rtp.packets", in, LongSupplier::getAsLong).tag("direction", "in").register(registry);
        FunctionCounter.builder("ifbus.rtp.packets", out, LongSupplier::getAsLong).tag("direction", "out").register(registry);
    }

    /** Cosignatures of the newest checkpoint of the log, and how many the policy asks for. */
    public void cosignatures(LongSupplier now, LongSupplier needed) {
        gauge("ifbus.witness.cosignatures", "Cosignatures of the log's newest checkpoint", now);
        gauge("ifbus.witness.cosignatures.needed", "Cosignatures that a checkpoint needs", needed);
    }

    /** Whether no entry of the log is known to be broken, 1 or 0; and how far the look at all of them has come since the start. */
    public void witnessIntact(LongSupplier intact, LongSupplier verified) {
        gauge("ifbus.witness.intact", "1 while no fault is known in the log, 0 when one was found", intact);
        gauge("ifbus.witness.verified.entries", "Entries verified since the start, of those that were there then", verified);
    }

    /** All of it, in Prometheus' text format 0.0.4. */
    public String scrape() { return registry.scrape(); }

    @Override
    public void close() { registry.close(); }

    private void gauge(String name, String what, LongSupplier now) {
        Gauge.builder(name, now, LongSupplier::getAsLong).description(what).strongReference(true).register(registry);
    }

    private static Timer.Builder histogram(String name, String what, Duration[] buckets) {
        return Timer.builder(name).description(what).serviceLevelObjectives(buckets);
    }

    private static Duration[] seconds(double... values) {
        Duration[] durations = new Duration[values.length];
        for (int i = 0; i < values.length; i++) durations[i] = Duration.ofNanos(Math.round(values[i] * 1e9));
        return durations;
    }
}
