package org.infrafabric.server;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.infrafabric.call.CallParts;
import org.infrafabric.call.Calls;
import org.infrafabric.call.Conferences;
import org.infrafabric.call.Tape;
import org.infrafabric.escalate.DeskParts;
import org.infrafabric.escalate.DeskSettings;
import org.infrafabric.escalate.EscalationDesk;
import org.infrafabric.escalate.EscalationView;
import org.infrafabric.escalate.HttpCourier;
import org.infrafabric.escalate.Pace;
import org.infrafabric.guard.Counters;
import org.infrafabric.guard.Policy;
import org.infrafabric.media.MediaCounters;
import org.infrafabric.media.MediaEngine;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.record.Recording;
import org.infrafabric.record.RecordingFolder;
import org.infrafabric.sip.EdgeCheck;
import org.infrafabric.sip.Endpoint;
import org.infrafabric.sip.EscalationHeaders;
import org.infrafabric.sip.HostResolver;
import org.infrafabric.sip.SipAccess;
import org.infrafabric.sip.SipCounters;
import org.infrafabric.sip.SipSettings;
import org.infrafabric.sip.UserAgent;
import org.infrafabric.sip.WitnessedSip;
import org.infrafabric.speech.Voices;
import org.infrafabric.store.GroupListener;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.store.Transaction;
import org.infrafabric.time.LoopTimers;
import org.infrafabric.transport.EventLoops;
import org.infrafabric.witness.Cosigning;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.LogName;
import org.infrafabric.witness.Subscription;
import org.infrafabric.witness.WholeCheck;
import org.infrafabric.witness.WitnessLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole bus, built by plain constructors from its config, from the ground floor up. It accepts work when {@link #start} returns.
 *
 * <p>One event loop owns SIP, calls and escalations; media has loops of its own; the log has its writer; what may block runs on virtual threads.
 */
public final class Bus implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Bus.class);
    private static final Duration DRAIN_AT_MOST = Duration.ofSeconds(20);
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);
    private static final String PRODUCT = "ifbus/0.1";

    private final Config config;
    private final Closing closing;
    private final AtomicBoolean ready = new AtomicBoolean();
    private final SqliteStore store;
    private final WitnessLog witness;
    private final EscalationDesk desk;
    private final EventLoop owner;
    private final Calls calls;
    private final UserAgent sip;
    private final LiveGuard guard;
    private final HttpApi api;
    private final List<Endpoint> endpoints;
    private final int httpPort;

    private Bus(Config config, Supplier<Config> source, Closing closing) throws IOException {
        this.config = config;
        this.closing = closing;
        Ahead<Policy> policy = Ahead.begin("policy", config::policy); // no other part of a start takes as long
        DataDirectory data = new DataDirectory(config.data());
        data.make();
        store = closing.add(SqliteStore.open(data.database()));
        SigningKey key = BusKey.open(data.busKey(), store);
        witness = closing.add(WitnessLog.open(store, LogName.of(config.domain(), config.node()), key, Clock.systemUTC()));
        Metrics metrics = closing.add(new Metrics());
        countEntries(metrics);
        Cosigning cosigning = cosigning(metrics);
        Counters counters = Counters.open(store, Clock.systemUTC().instant(), System.nanoTime());
        guard = LiveGuard.open(config, policy.get(), source, data.path(), store, witness, Clock.systemUTC(), counters);

        EventLoops loops = closing.add(EventLoops.open("bus", 1));
        owner = loops.next();
        LoopTimers timers = new LoopTimers(owner);
        LoopLag lag = new LoopLag(timers);
        metrics.loopLag(() -> lag.lag().toMillis());
        MediaEngine media = closing.add(new MediaEngine(
                MediaEngine.Settings.at(InetAddress.getByName(config.media().address()), config.media().firstPort(), config.media().lastPort(),
                        config.media().codecs(), config.media().timeout())));
        Voices voices = Voices.choose(VoiceConfig.settings(config.speech()));
        closing.add(voices::close);
        ExecutorService blocking = closing.add(Executors.newVirtualThreadPerTaskExecutor());
        HttpCourier courier = new HttpCourier(new HashSet<>(config.callbacks().allow()));
        Reception reception = new Reception();
        SipSettings sipSettings = new SipSettings(config.sip().listen(), "sip:bus@" + config.domain(), PRODUCT, config.limits().calls(),
                config.sip().sessionTimer().toSeconds());
        SipAccess access = new SipAccess(config.sip().credentials(),
                uri -> guard.guard().permitOperatorCall(uri, timers.wallTime(), timers.nowNanos()).allowed(),
                config.domain(), config.sip().digest(), config.sip().callers());
        sip = closing
                .add(new UserAgent(sipSettings, owner, timers, reception, EscalationHeaders.signing(witness::signer, rosterKeys()), access,
                        new WitnessedSip(witness),
                        counters(metrics), HostResolver.system()));
        DeskSettings settings = new DeskSettings("if://bus/" + config.node(), new HashSet<>(config.hazards()), config.limits().escalations(),
                new HashSet<>(config.callbacks().allow()), DeskSettings.USUAL_DELIVER_FOR, Pace.USUAL.with(config.rungs()));
        desk = new EscalationDesk(
                new DeskParts(settings, witness::signer, store, witness, guard::guard, sip, media::openBridge,
                        recorder(data, config.media().recordingRate()),
                        voices, courier, owner, timers, blocking, new SecureRandom()));
        CallParts callParts = new CallParts(sip, media::openBridge, (uri, wall, now) -> guard.guard().permitOperatorCall(uri, wall, now), witness,
                store, owner, timers, new SecureRandom(),
                config.limits().calls());
        calls = new Calls(callParts, desk::conferences);
        CallDesk callDesk = new CallDesk(this::legs, calls, new Conferences(callParts, calls));
        WholeCheck wholeCheck = closing.add(new WholeCheck(witness, () -> sip.calls() > 0));
        metrics.witnessIntact(() -> witness.fault().isEmpty() ? 1 : 0, wholeCheck::verified);
        reception.open(desk);
        endpoints = sip.start();
        int strays = calls.recover().join();
        if (strays > 0) LOG.info("{} legs of operators' calls of the former life are being ended", strays);
        int open = desk.recover().join();
        if (open > 0) LOG.info("{} escalations of the former life go on", open);

        MediaCounters rtp = media.counters();
        metrics.rtpPackets(rtp::packetsReceived, rtp::packetsSent);
        metrics.conferenceParticipants(rtp::participants);
        metrics.mixesLate(rtp::lateMixes);
        metrics.callsActive(sip::calls);
        api = new HttpApi(config.httpSettings(),
                new HttpParts(desk, LogReader.of(witness, cosigning, data.busKey()), guard, guard, config.hazards(), new EdgeCheck(rosterKeys()),
                        this::publishedKeys,
                        callDesk,
                        metrics,
                        this::unready, lag::lag));
        httpPort = api.start();
        cosigning.start(config.witnessing().every());
        ready.set(true);
        wholeCheck.start();
    }

    /**
     * Starts a bus. One that cannot start has let go of all that it had taken.
     *
     * @throws IOException a port is taken, or a file cannot be used; the message says which
     * @throws org.infrafabric.store.DataDirectoryInUse another bus has the data directory
     */
    public static Bus start(Config config) throws IOException { return start(config, () -> config); }

    /**
     * The same with a config that can be read again while the bus runs.
     *
     * @param source throws {@link org.infrafabric.guard.InvalidFile} for one that cannot be used
     */
    public static Bus start(Config config, Supplier<Config> source) throws IOException {
        Closing opened = new Closing();
        try {
            return new Bus(config, source, opened);
        } catch (IOException | RuntimeException failed) {
            opened.close();
            throw failed;
        }
    }

    /** In fixed words: who may not read the log may read this. */
    private Optional<String> unready() {
        if (store.trouble().isPresent()) return Optional.of("the store cannot write: look at the disk of the data directory");
        if (witness.fault().isPresent()) return Optional.of("the witness log is broken: 'ifbus witness verify' says where");
        return ready.get() ? Optional.empty() : Optional.of("starting or stopping");
    }

    /** {@code host:port} of the HTTP interface. */
    public String http() {
        return config.http().host() + ":" + httpPort;
    }

    /** Where SIP listens, in the order of the config. */
    public List<Endpoint> sip() { return endpoints; }

    public String node() { return config.node(); }

    /** The key that signs entries and decisions, {@code ed25519:…}. */
    public String publicKey() { return witness.signer().verifyKey().toString(); }

    /** Reads config and policy again, and says in the log what came of it; what is broken changes nothing. May block. */
    public LiveGuard.Outcome reload() {
        return guard.reload("signal", "");
    }

    /** One escalation as it stands, for who runs the bus in its own process. */
    public Optional<EscalationView> escalation(String id) {
        return desk.find(id);
    }

    /** Takes nothing new and lets running escalations end, for a while. */
    public void drain() {
        ready.set(false);
        desk.drain(DRAIN_AT_MOST).join();
    }

    /** Ends what still runs, so that the next life finds it, and frees everything. */
    @Override
    public void close() {
        ready.set(false);
        api.close();
        owner.execute(() -> calls.close("the bus stops"));
        desk.close().orTimeout(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS).exceptionally(late -> null).join();
        closing.close();
    }

    /** Keys that may have signed a call that comes in: our own, and those of agents and edges. */
    private Function<String, Optional<VerifyKey>> rosterKeys() {
        return keyId -> keyId.equals(witness.signer().keyId()) ? Optional.of(witness.signer().verifyKey()) : guard.callKey(keyId);
    }

    private Cosigning cosigning(Metrics metrics) {
        Config.Witnessing outside = config.witnessing();
        WitnessCourier courier = closing.add(new WitnessCourier(outside.witnesses().stream()
                .collect(Collectors.toMap(Config.OutsideWitness::key, Config.OutsideWitness::url))));
        Cosigning cosigning = closing.add(new Cosigning(witness, outside.policy(), courier, System::nanoTime, new SecureRandom()));
        metrics.cosignatures(cosigning::cosignatures, outside.policy()::need);
        return cosigning;
    }

    private void countEntries(Metrics metrics) {
        LogMetrics log = new LogMetrics(metrics);
        Subscription subscription = witness.subscribe(witness.reader().count() + 1, (Entry entry) -> {
            metrics.entryWritten();
            log.on(entry);
        });
        closing.add(subscription::close);
        store.listen(new GroupListener() {
            @Override
            public void committed(List<? extends Function<Transaction, ?>> works, long commitNanos) {
                metrics.committed(Duration.ofNanos(commitNanos));
            }
        });
    }

    private static SipCounters counters(Metrics metrics) {
        return new SipCounters() {
            @Override
            public void message(boolean sent, String method, Endpoint.Protocol transport) {
                metrics.sipMessage(sent ? "out" : "in", method, transport.name());
            }

            @Override
            public void retransmission() { metrics.sipRetransmission(); }

            @Override
            public void turnedAway() { metrics.sipTurnedAway(); }
        };
    }

    private static Tape.Recorder recorder(DataDirectory data, int rate) {
        return escalation -> Tape.of(Recording.into(RecordingFolder.of(data.path(), escalation), rate));
    }

    private List<PublishedKey> publishedKeys() {
        return witness.reader().keys().stream().map(known -> new PublishedKey(known.keyId(), known.publicKey(), known.since())).toList();
    }

    private CompletableFuture<List<LiveCall>> legs() {
        return desk.legs().thenApply(legs -> legs.stream()
                .map(leg -> new LiveCall(leg.id(), leg.party(), leg.role(), leg.state(), Optional.of(leg.escalation()), Rfc3339.format(leg.since())))
                .toList());
    }
}
