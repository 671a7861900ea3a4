package org.infrafabric.server;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.infrafabric.escalate.RungRules;
import org.infrafabric.guard.Agent;
import org.infrafabric.guard.Approvals;
import org.infrafabric.guard.Counters;
import org.infrafabric.guard.CouncilRules;
import org.infrafabric.guard.Duties;
import org.infrafabric.guard.Expert;
import org.infrafabric.guard.Guard;
import org.infrafabric.guard.GuardSettings;
import org.infrafabric.guard.Guardian;
import org.infrafabric.guard.Policy;
import org.infrafabric.guard.Roster;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.sip.Caller;
import org.infrafabric.sip.Credential;
import org.infrafabric.sip.DigestAlgorithm;
import org.infrafabric.sip.Endpoint;
import org.infrafabric.witness.CosignPolicy;
import org.infrafabric.witness.NoteKey;

/**
 * All that an operator can say about a bus: {@code ifbus.yaml} (CONTRACT §6), read and checked. {@code ifbus.reference.yaml} lists every key with its default
 * and reason.
 *
 * @param file as errors name it
 * @param domain of the bus: the host of its own SIP identity
 * @param node names this node's chain in the log
 * @param data directory, relative to the working directory
 * @param duties when the experts are on duty
 * @param rungs how experts are called, rung after rung
 * @param hazards that messages may name and experts be asked about
 * @param warnings what is allowed and probably not meant; for the log at start
 */
public record Config(String file, String domain, String node, Path data, Http http, Sip sip, Media media, List<AgentEntry> agents,
        List<OperatorEntry> operators, List<EdgeEntry> edges, List<Expert> experts, Duties duties, List<GuardianEntry> guardians,
        CouncilRules council, RungRules rungs,
        GuardKeys guard,
        List<String> hazards, Speech speech, Callbacks callbacks, Witnessing witnessing, Limits limits, List<String> warnings) {

    /**
     * The HTTP API.
     *
     * @param host IP address or {@code localhost}; loopback only where the config has no tokens
     * @param port 0 for any free one
     * @param names further host names under which it is reached, such as a reverse proxy's
     */
    public record Http(String host, int port, List<String> names) {}

    /**
     * SIP.
     *
     * @param listen at least one
     * @param sessionTimer after which a call whose phone has died is ended; zero asks no phone for it
     * @param credentials with which we answer servers that ask who we are
     * @param digest hashes that callers may answer with
     * @param callers who may call in with a password
     */
    public record Sip(List<Endpoint> listen, Duration sessionTimer, List<Credential> credentials, List<DigestAlgorithm> digest,
            List<Caller> callers) {}

    /**
     * RTP.
     *
     * @param address IP address that goes into session descriptions
     * @param firstPort even
     * @param lastPort inclusive
     * @param codecs that are offered and taken, best first; at least one
     * @param timeout without RTP and RTCP after which a phone is taken for dead; zero: never
     */
    public record Media(String address, int firstPort, int lastPort, List<Encoding> codecs, Duration timeout) {
        /** Samples a second of recordings: those of the best that may be spoken. */
        int recordingRate() {
            return codecs.stream().mapToInt(Encoding::frame).max().orElseThrow() * 50;
        }
    }

    /** An agent, and the token it comes with over HTTP. */
    public record AgentEntry(Agent agent, Optional<Secret> token) {}

    /** Somebody who keeps the phones working. */
    public record OperatorEntry(String id, Optional<Secret> token) {}

    /** An edge proxy: the token with which it asks, and the key with which it signs what it has rewritten. */
    public record EdgeEntry(String id, Secret token, Optional<VerifyKey> key) {}

    /** A guardian, and the token they vote with over HTTP. */
    public record GuardianEntry(Guardian guardian, Optional<Secret> token) {}

    /**
     * The guard.
     *
     * @param policy rules file, relative to the config file; empty for the built-in policy
     * @param policyChange which operators must approve another policy or roster before it counts; empty: none
     */
    public record GuardKeys(Optional<Path> policy, boolean requireSignatures, int callsPerMinute, Optional<Approvals.Demand> policyChange) {}

    /**
     * How the bus speaks.
     *
     * @param voice which filling
     * @param openAi empty when no endpoint is given
     * @param flite program, on {@code PATH} or absolute
     * @param longestText characters of one text that are spoken
     * @param timeout for one text and one voice
     */
    public record Speech(VoiceChoice voice, Optional<OpenAi> openAi, String flite, String fliteVoice, int longestText, Duration timeout) {}

    /** Which voice speaks. */
    public enum VoiceChoice {
        AUTO, OPENAI, FLITE, EMBEDDED
    }

    /**
     * A speech endpoint that speaks OpenAI's {@code /v1/audio/speech}.
     *
     * @param apiKeyFile relative to the config file
     * @param pcm ask for bare samples instead of WAV
     */
    public record OpenAi(URI endpoint, String model, String voice, Optional<Path> apiKeyFile, boolean pcm) {}

    /** @param allow hosts, or {@code host:port}, to which decisions may be sent and from which evidence may come */
    public record Callbacks(List<String> allow) {}

    /**
     * Who cosigns the log's checkpoints.
     *
     * @param every how often they are asked, if the log has grown
     */
    public record Witnessing(List<OutsideWitness> witnesses, CosignPolicy policy, Duration every) {}

    /** @param url its submission prefix (C2SP tlog-witness) */
    public record OutsideWitness(NoteKey key, URI url) {}

    /**
     * What the bus bears. All counts are of this node.
     *
     * @param maxBody bytes of one HTTP request's body
     * @param requestsPerSecond and burst: of each token's bucket
     * @param headBytes of one HTTP request's first line and headers
     * @param headWithin time for them
     * @param slowestBody bytes a second
     * @param heartbeat of a quiet event stream
     * @param idle of a connection, and for how long a client may leave what it is sent unread
     * @param calls open at once; the next one gets 503
     * @param escalations open at once; the next one gets 503
     */
    public record Limits(int maxBody, int requestsPerSecond, int burst, int eventStreams, int eventStreamsPerToken, int connections,
            int connectionsPerAddress, int headBytes,
            Duration headWithin, int slowestBody, Duration heartbeat, Duration idle, int calls, int escalations) {}

    /** What holds where the config says nothing. */
    public static Config defaults() { return ConfigFile.read("defaults", "", Path.of("")); }

    /** Throws {@link org.infrafabric.guard.InvalidFile} with all that is wrong, each with its line. */
    public static Config read(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return ConfigFile.read(file.toString(), Policy.text(file), folder == null ? Path.of("") : folder);
    }

    /**
     * The same from a text.
     *
     * @param file how errors name it
     * @param folder what the files that it names are relative to
     */
    public static Config parse(String file, String text, Path folder) { return ConfigFile.read(file, text, folder); }

    Config withWarnings(List<String> found) { return with(data, guard, found); }

    /** The same with another data directory. */
    public Config withData(Path directory) { return with(directory, guard, warnings); }

    /** The same with others who must approve a change. */
    Config demanding(Optional<Approvals.Demand> demand) {
        return with(data, new GuardKeys(guard.policy(), guard.requireSignatures(), guard.callsPerMinute(), demand), warnings);
    }

    private Config with(Path directory, GuardKeys keys, List<String> found) {
        return new Config(file, domain, node, directory, http, sip, media, agents, operators, edges, experts, duties, guardians, council, rungs, keys,
                hazards, speech, callbacks, witnessing, limits, found);
    }

    public Roster roster() {
        return new Roster(agents.stream().map(AgentEntry::agent).toList(), experts, guardians.stream().map(GuardianEntry::guardian).toList(),
                duties);
    }

    /** What cannot change while the bus runs, by the key under which the file has it. All else of the file is read anew by {@link LiveGuard}. */
    static final Map<String, Function<Config, Object>> FIXED = fixed();

    private static Map<String, Function<Config, Object>> fixed() {
        Map<String, Function<Config, Object>> fixed = new LinkedHashMap<>();
        fixed.put("domain", Config::domain);
        fixed.put("node", Config::node);
        fixed.put("data", Config::data);
        fixed.put("http", Config::http);
        fixed.put("sip", Config::sip);
        fixed.put("media", Config::media);
        fixed.put("rungs", Config::rungs);
        fixed.put("hazards", Config::hazards);
        fixed.put("speech", Config::speech);
        fixed.put("callbacks", Config::callbacks);
        fixed.put("witness", Config::witnessing);
        fixed.put("limits", Config::limits);
        return fixed;
    }

    /** Keys, of {@link #FIXED}, in which the other config says something else. */
    List<String> fixedKeysUnlike(Config other) {
        return FIXED.entrySet().stream().filter(key -> !key.getValue().apply(this).equals(key.getValue().apply(other))).map(Map.Entry::getKey)
                .toList();
    }

    /** The guard with counters of its own, for judging beside the bus. Throws as {@link #policy}. */
    public Guard openGuard() {
        return openGuard(policy(), Counters.inMemory());
    }

    /** The rules, read and compiled. Throws {@link org.infrafabric.guard.InvalidFile} when they cannot be used. */
    Policy policy() {
        return guard.policy().map(Policy::read).orElseGet(Policy::builtIn);
    }

    /** The guard of a policy and this config. Throws {@link org.infrafabric.guard.InvalidFile} when the two do not fit. */
    Guard openGuard(Policy policy, Counters counters) {
        return new Guard(policy, roster(), new GuardSettings(council, guard.requireSignatures(), guard.callsPerMinute()), counters);
    }

    public HttpSettings httpSettings() {
        return new HttpSettings(http.host(), http.port(), http.names(), limits.maxBody(), limits.requestsPerSecond(), limits.burst(),
                limits.eventStreams(), limits.eventStreamsPerToken(), limits.connections(), limits.connectionsPerAddress(),
                limits.headBytes(), limits.headWithin(), limits.slowestBody(), limits.heartbeat(), limits.idle());
    }

    /** Whether the config gives any token; without, HTTP listens on loopback only. */
    public boolean hasTokens() {
        return agents.stream().anyMatch(entry -> entry.token().isPresent()) || operators.stream().anyMatch(entry -> entry.token().isPresent())
                || !edges.isEmpty() || guardians.stream().anyMatch(entry -> entry.token().isPresent());
    }
}
