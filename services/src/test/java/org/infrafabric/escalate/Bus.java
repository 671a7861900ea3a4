package org.infrafabric.escalate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.CallOrder;
import org.infrafabric.call.Dialer;
import org.infrafabric.call.Leg;
import org.infrafabric.call.LegEnd;
import org.infrafabric.call.SilentTape;
import org.infrafabric.escalate.Escalations.Submission;
import org.infrafabric.guard.Accept;
import org.infrafabric.guard.Agent;
import org.infrafabric.guard.CouncilRules;
import org.infrafabric.guard.Expert;
import org.infrafabric.guard.Guard;
import org.infrafabric.guard.GuardSettings;
import org.infrafabric.guard.Guardian;
import org.infrafabric.guard.Policy;
import org.infrafabric.guard.Roster;
import org.infrafabric.media.AudioBridge;
import org.infrafabric.media.AudioPort;
import org.infrafabric.media.Pcm;
import org.infrafabric.media.SilentPort;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.Signatures;
import org.infrafabric.message.SigningKey;
import org.infrafabric.speech.Voice;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.store.StoreFailure;
import org.infrafabric.time.HandTimers;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.Witness;
import org.infrafabric.witness.WitnessLog;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A desk with a real log on an in-memory store and a real guard; phones, bridges and the voice stand in behind their ports, and time is moved by hand. */
final class Bus implements Witness {
    static final String AGENT = "if://agent/swarm/legal-1";
    static final Duration WORDS = Duration.ofSeconds(2); // every phrase takes so long

    final HandTimers timers = new HandTimers(World.NOON);
    final SqliteStore store = SqliteStore.inMemory();
    final SigningKey key = SigningKey.generate();
    final SigningKey agentKey = SigningKey.generate();
    final WitnessLog log = WitnessLog.open(store, "node-1", key, timers::wallTime);
    final List<Phone> phones = new ArrayList<>();
    final List<String> strays = new ArrayList<>();
    final List<URI> posts = new ArrayList<>();
    final List<String> posted = new ArrayList<>();
    int[] courierAnswers = {200};
    Executor owner = timers;
    boolean logFails;
    boolean hoarse;
    long voiceBehindMillis;
    CouncilRules rules = World.RULES;
    int maxLive = 10;
    List<Expert> experts = List.of(expert("ada"), expert("bob"));
    final List<Guardian> guardians = List.of(new Guardian("sage", "sip:sage@test", Accept.ANSWER),
            new Guardian("skeptic", "sip:skeptic@test", Accept.ANSWER),
            new Guardian("ethicist", "sip:ethicist@test", Accept.ANSWER));
    EscalationDesk desk;

    static Expert expert(String name) { return new Expert("sip:" + name + "@test", name, Set.of("legal"), Accept.DTMF, Duration.ofSeconds(20)); }

    Bus start() {
        Guard guard = new Guard(Policy.builtIn(), new Roster(List.of(new Agent(AGENT, Optional.of(agentKey.verifyKey()))), experts, guardians),
                new GuardSettings(rules, true, 10));
        DeskSettings settings = new DeskSettings("if://bus/node-1", DeskSettings.USUAL_HAZARDS, maxLive, Set.of("agent.test"), Duration.ofHours(24),
                Pace.USUAL);
        desk = new EscalationDesk(new DeskParts(settings, key, store, this, () -> guard, new Phones(), Bridge::new, id -> new SilentTape(),
                new Words(), this::post, owner, timers, Runnable::run, new SplittableRandom(1)));
        desk.recover();
        timers.settle();
        return this;
    }

    /** One escalation, whose experts' phones ring. */
    Bus ringing() {
        start();
        assertThat(submit(message("esc-1"))).isInstanceOf(Submission.Accepted.class);
        return this;
    }

    Bus inCouncil() { return ringing().answer("ada").press("ada", '1').advance(WORDS).answer("sage").answer("skeptic"); }

    Bus decided() { return inCouncil().advance(Duration.ofSeconds(3)).press("sage", '1').press("skeptic", '1').advance(Duration.ofSeconds(5)); }

    /** The process dies, and another one comes up on the same store. */
    Bus crash() {
        phones.forEach(phone -> phone.dead = true);
        phones.clear();
        timers.execute(desk::close); // its timers and calls are gone with it; nothing of it may reach the new life
        timers.settle();
        return start();
    }

    ObjectNode message(String id) {
        ObjectNode message = JsonNodeFactory.instance.objectNode();
        message.put("id", id).put("timestamp", Rfc3339.format(timers.wallTime())).put("level", 2).put("source", AGENT)
                .put("destination", "if://service/guard/council").put("traceId", "0af7651916cd43dd8448eb211c80319c").put("version", "1.0");
        ObjectNode payload = message.putObject("payload");
        payload.put("performative", "ESCALATE").put("summary", "May I publish the filing?").put("severity", "high");
        payload.putArray("hazards").add("legal");
        payload.put("callback", "http://agent.test/decisions");
        return message;
    }

    byte[] signed(ObjectNode message) { return Signatures.sign(message, agentKey).toString().getBytes(StandardCharsets.UTF_8); }

    Submission submit(byte[] body) { return submit(body, AGENT); }

    Submission submit(byte[] body, String agent) {
        CompletableFuture<Submission> answer = desk.submit(body, agent, timers.nowNanos());
        timers.settle();
        return answer.join();
    }

    Submission submit(ObjectNode message) { return submit(signed(message)); }

    EscalationView view(String id) { return desk.find(id).orElseThrow(); }

    Bus advance(Duration step) {
        timers.advance(step);
        timers.settle();
        return this;
    }

    /** The newest phone of this name that is being called or is on the line. */
    Phone phone(String name) {
        return phones.stream().filter(phone -> phone.order.target().equals("sip:" + name + "@test") && !phone.ended && phone.dialled)
                .reduce((first, second) -> second).orElseThrow(() -> new AssertionError(name + " is not being called"));
    }

    boolean rings(String name) {
        return phones.stream().anyMatch(phone -> phone.order.target().equals("sip:" + name + "@test") && !phone.ended && phone.dialled);
    }

    Bus answer(String name) {
        phone(name).answer();
        timers.settle();
        return this;
    }

    Bus press(String name, char digit) {
        phone(name).port().listener.onDigit(digit);
        timers.settle();
        return this;
    }

    Bus vote(String id, String guardian, Escalations.Vote vote, String... conditions) {
        desk.vote(id, guardian, vote, List.of(conditions), Optional.empty());
        timers.settle();
        return this;
    }

    List<JsonNode> entries() {
        return log.reader().entries(1, 10_000).stream().map(entry -> (JsonNode) JsonMapper.shared().readTree(entry.json())).toList();
    }

    List<String> events(String component) {
        return entries().stream().filter(entry -> entry.path("component").asString("").equals(component))
                .map(entry -> entry.path("event").asString("")).toList();
    }

    @Override
    public CompletableFuture<List<Entry>> append(Change change) {
        return logFails ? CompletableFuture.failedFuture(new StoreFailure("disk full", null)) : log.append(change);
    }

    @Override
    public boolean saturated() { return false; }

    private int post(URI target, byte[] json) throws IOException {
        posts.add(target);
        posted.add(new String(json, StandardCharsets.UTF_8));
        int answer = courierAnswers[Math.min(posts.size(), courierAnswers.length) - 1];
        if (answer == 0) throw new IOException("connection refused");
        return answer;
    }

    /** A phone at the other end of a leg. */
    class Phone implements Leg {
        final CallOrder order;
        final Listener listener;
        private final int number = phones.size() + 1;
        boolean dialled;
        boolean answered;
        boolean ended;
        boolean dead;

        Phone(CallOrder order, Listener listener) {
            this.order = order;
            this.listener = listener;
        }

        Port port() { return (Port) order.audio(); }

        void ring() { listener.onRinging(this, 180); }

        void answer() {
            answered = true;
            listener.onAnswered(this);
            port().listener.onFirstPacket();
        }

        void fail(CallFailure why) { end(Optional.of(why), true); }

        void hangUpByPeer() { end(Optional.empty(), true); }

        private void end(Optional<CallFailure> why, boolean byPeer) {
            if (ended) return;
            ended = true;
            if (!dead) listener.onEnded(this, new LegEnd(why, byPeer, why.map(CallFailure::sipStatus).orElse(0), ""));
        }

        @Override
        public String id() { return "call-" + number; }

        @Override
        public String resumeToken() { return "token-" + number + (answered ? "-answered" : ""); }

        @Override
        public AudioPort audio() { return order.audio(); }

        @Override
        public void dial() { dialled = true; }

        @Override
        public void hangUp(String reason) {
            timers.execute(() -> end(answered ? Optional.empty() : Optional.of(CallFailure.CANCELLED), false));
        }
    }

    final class Phones implements Dialer {
        @Override
        public Leg prepare(CallOrder order, Leg.Listener listener) {
            if (order.target().contains("nowhere")) throw new IllegalArgumentException("no such scheme");
            Phone phone = new Phone(order, listener);
            phones.add(phone);
            return phone;
        }

        @Override
        public void endStray(String resumeToken) { strays.add(resumeToken); }
    }

    final class Port extends SilentPort {
        final Listener listener;
        final List<String> heard = new ArrayList<>();
        boolean joined;
        boolean closed;

        Port(Listener listener) {
            super(new InetSocketAddress(0));
            this.listener = listener;
        }

        @Override
        public void play(Pcm audio, Runnable finished) {
            heard.add(spoken.getOrDefault(audio, "(tone)"));
            timers.after(WORDS, finished);
        }

        @Override
        public void join() { joined = true; }

        @Override
        public void leave() { joined = false; }

        @Override
        public void close() { closed = true; }
    }

    final Map<Pcm, String> spoken = new IdentityHashMap<>();

    final class Words implements Voice {
        @Override
        public CompletableFuture<Pcm> speak(String text) {
            if (hoarse) return CompletableFuture.failedFuture(new IOException("hoarse"));
            Pcm sound = new Pcm(new short[16_000], 8_000);
            spoken.put(sound, text);
            return CompletableFuture.completedFuture(sound);
        }

        @Override
        public long behindMillis() { return voiceBehindMillis; }

        @Override
        public String name() { return "words"; }
    }

    final List<Bridge> bridges = new ArrayList<>();

    final class Bridge implements AudioBridge {
        final Map<String, Port> ports = new LinkedHashMap<>();
        private Optional<Tap> tap = Optional.empty();
        boolean closed;

        Bridge() { bridges.add(this); }

        @Override
        public AudioPort openPort(String name, AudioPort.Listener listener, Executor owner) {
            Port port = new Port(listener);
            ports.put(name, port);
            return port;
        }

        @Override
        public void announce(Pcm audio) {}

        @Override
        public void record(Tap onto) { tap = Optional.of(onto); }

        @Override
        public void close() {
            closed = true;
            tap.ifPresent(Tap::ended);
        }
    }
}
