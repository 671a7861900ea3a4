package org.infrafabric.sim;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.escalate.DeskParts;
import org.infrafabric.escalate.DeskSettings;
import org.infrafabric.escalate.EscalationDesk;
import org.infrafabric.escalate.Pace;
import org.infrafabric.guard.Accept;
import org.infrafabric.guard.Agent;
import org.infrafabric.guard.CouncilRules;
import org.infrafabric.guard.Expert;
import org.infrafabric.guard.Guard;
import org.infrafabric.guard.GuardSettings;
import org.infrafabric.guard.Guardian;
import org.infrafabric.guard.Policy;
import org.infrafabric.guard.Roster;
import org.infrafabric.message.SigningKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.time.HandTimers;
import org.infrafabric.witness.WitnessLog;
import org.jspecify.annotations.Nullable;

/**
 * One bus and all around it: a real guard, a real log in a store that outlives the process, a real desk, and simulated phones, disk and callbacks. Dies and
 * comes back as it is told.
 */
final class World implements AutoCloseable {
    static final String AGENT = "if://agent/swarm/sim-1";
    static final String NODE = "sim";
    private static final Instant DAWN = Instant.parse("2026-01-01T00:00:00Z");
    private static final int MAX_LIVE = 150;

    final HandTimers timers = new HandTimers(DAWN);
    final Dice dice;
    final Set<Fault> faults;
    final SigningKey agentKey;
    final SigningKey busKey;
    final SqliteStore store = SqliteStore.inMemory();
    final List<Expert> experts;
    final List<Guardian> guardians;
    final SimPhones phones;
    final SimAudio audio = new SimAudio();
    final Map<String, Set<String>> delivered = new LinkedHashMap<>(); // escalation → the decisions that its callback took
    private final SplittableRandom salts;
    private final SplittableRandom ids;
    private final Guard guard;
    private Life life;
    private SimDisk disk;
    private WitnessLog log;
    private @Nullable EscalationDesk desk;
    private boolean full;
    private boolean hoarse;
    private long callbacksDownUntilNanos;
    private boolean calm;
    long posts;
    int restarts;
    int clockJumps;

    World(SplittableRandom random, Set<Fault> faults) {
        this.dice = new Dice(random.split());
        this.salts = random.split();
        this.ids = random.split();
        this.faults = faults;
        this.agentKey = key(random);
        this.busKey = key(random);
        this.experts = experts();
        this.guardians = guardians();
        this.phones = new SimPhones(timers, dice, faults);
        this.guard = new Guard(Policy.builtIn(), new Roster(List.of(new Agent(AGENT, Optional.of(agentKey.verifyKey()))), experts, guardians),
                new GuardSettings(rules(), true, 1_000));
        this.life = new Life(timers);
        this.log = WitnessLog.open(store, NODE, busKey, timers::wallTime, salts);
        this.disk = new SimDisk(log, timers, life, dice);
        EscalationDesk first = born();
        desk = first;
        var unused = first.recover();
    }

    private static SigningKey key(SplittableRandom random) {
        byte[] seed = new byte[32];
        random.nextBytes(seed);
        return SigningKey.ofSeed(seed);
    }

    private List<Expert> experts() {
        List<String> hazards = List.of("legal", "safety", "security");
        List<Expert> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Set<String> fits = new LinkedHashSet<>(List.of(hazards.get(i % hazards.size()), dice.one(hazards)));
            all.add(new Expert("sip:expert-" + i + "@sim", "Expert " + i, fits, dice.percent(70) ? Accept.DTMF : Accept.ANSWER,
                    dice.between(8_000, 25_000)));
        }
        return all;
    }

    private List<Guardian> guardians() {
        List<Guardian> all = new ArrayList<>();
        for (int i = 0; i < 3 + dice.below(3); i++) {
            String id = "guardian-" + i;
            all.add(new Guardian(id, "sip:" + id + "@sim", dice.percent(60) ? Accept.DTMF : Accept.ANSWER));
        }
        return all;
    }

    private CouncilRules rules() {
        int quorum = dice.percent(25) ? 0 : 1 + dice.below(3);
        return new CouncilRules(quorum, dice.between(60_000, 300_000), dice.between(5_000, 40_000), dice.percent(30),
                quorum > 0 && dice.percent(30)); // without both nobody would decide, and the guard refuses it
    }

    private EscalationDesk born() {
        DeskSettings settings = new DeskSettings("if://bus/" + NODE, DeskSettings.USUAL_HAZARDS, MAX_LIVE, Set.of("agent.sim"), Duration.ofHours(24),
                Pace.USUAL);
        return new EscalationDesk(
                new DeskParts(settings, busKey, store, disk, () -> guard, phones.dialer(life, this::knowsLeg), () -> audio.bridge(life),
                        id -> SimAudio.tape(!calm && faults.contains(Fault.DISK) && dice.percent(3)), audio.voice(() -> hoarse, dice), this::post,
                        life, life,
                        Runnable::run, ids));
    }

    /** The desk, while the process lives. */
    Optional<EscalationDesk> desk() { return Optional.ofNullable(desk); }

    WitnessLog log() { return log; }

    /** {@code kill -9}; the next life begins some seconds later. */
    void crash() {
        if (desk == null) return;
        restarts++;
        life.end();
        log.close();
        audio.forget();
        desk = null;
        var unused = timers.after(dice.between(100, 20_000), this::comeBack);
    }

    private void comeBack() {
        life = new Life(timers);
        log = WitnessLog.open(store, NODE, busKey, timers::wallTime, salts);
        disk = new SimDisk(log, timers, life, dice);
        disk.full(full);
        EscalationDesk next = born();
        desk = next;
        var unused = next.recover();
    }

    void diskFull(boolean now) {
        full = now;
        disk.full(now);
    }

    void jumpClock(Duration by) {
        clockJumps++;
        timers.jumpWall(by);
    }

    void callbacksDown(Duration howLong) { callbacksDownUntilNanos = timers.nowNanos() + howLong.toNanos(); }

    void hoarse(boolean lost) { hoarse = lost; }

    /** No fault happens any more. */
    void calm() {
        calm = true;
        hoarse = false;
        diskFull(false);
        phones.calm();
        callbacksDownUntilNanos = timers.nowNanos();
    }

    void callIn(String from, String trace) {
        if (desk == null) return;
        IncomingCall call = phones.caller(life, from, trace);
        EscalationDesk open = desk;
        life.tell(() -> open.onIncoming(call));
    }

    private boolean knowsLeg(String token) {
        return store.read(tx -> tx.first("SELECT 1 FROM escalation_legs WHERE token = ?", row -> row.number(0), token)).isPresent();
    }

    private int post(URI target, byte[] json) throws IOException {
        posts++;
        if (timers.nowNanos() - callbacksDownUntilNanos < 0) throw new IOException("connection refused");
        if (!calm && faults.contains(Fault.CALLBACKS) && dice.percent(20)) return 503;
        delivered.computeIfAbsent(target.getPath().substring(1), id -> new LinkedHashSet<>()).add(new String(json, StandardCharsets.UTF_8));
        return 200;
    }

    @Override
    public void close() {
        life.end();
        log.close();
        store.close();
    }
}
