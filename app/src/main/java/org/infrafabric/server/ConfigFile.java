package org.infrafabric.server;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.infrafabric.escalate.RungRules;
import org.infrafabric.guard.CouncilRules;
import org.infrafabric.guard.InvalidFile;
import org.infrafabric.guard.Problem;
import org.infrafabric.guard.YamlNode;
import org.infrafabric.guard.YamlSection;
import org.infrafabric.message.StrictJson;
import org.infrafabric.sip.Caller;
import org.infrafabric.sip.Credential;
import org.infrafabric.sip.DigestAlgorithm;
import org.infrafabric.sip.Endpoint;

/** Reads {@code ifbus.yaml}. One pass finds all that is wrong; each default stands here once, and {@code ifbus.reference.yaml} is held to it by a test. */
final class ConfigFile {
    private static final List<String> HAZARDS = List.of("safety", "alignment", "ethics", "bias", "security", "privacy", "legal", "conflict");
    private static final Pattern DOMAIN = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?");
    private static final Pattern NODE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern HAZARD = Pattern.compile("[a-z][a-z0-9_-]{0,31}");
    private static final Pattern LISTEN = Pattern.compile("(localhost|[0-9.]{7,15}|\\[[0-9a-fA-F:.]{2,45}]):([0-9]{1,5})");
    private static final Pattern ALLOWED_HOST = Pattern
            .compile("(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\\[[0-9a-fA-F:.]{2,45}])(?::[0-9]{1,5})?");
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final String file;
    private final Path folder;
    private final Set<String> asked = new TreeSet<>();
    private final List<Problem> problems = new ArrayList<>();
    private final Set<String> warnings = new LinkedHashSet<>();

    private ConfigFile(String file, Path folder) {
        this.file = file;
        this.folder = folder;
    }

    static Config read(String file, String text, Path folder) {
        ConfigFile reader = new ConfigFile(file, folder);
        Optional<Config> config = YamlNode.read(file, text, reader.problems).map(reader::config);
        if (reader.problems.isEmpty() && config.isPresent()) return config.get();
        throw new InvalidFile(reader.problems.stream().sorted(Comparator.comparingInt(Problem::line)).toList());
    }

    /** Every key there is, {@code []} for list positions. */
    static Set<String> keys() {
        ConfigFile reader = new ConfigFile("keys", Path.of(""));
        String oneOfEach = """
                sip: { credentials: [{}], callers: [{}] }
                agents: [{}]
                operators: [{}]
                edges: [{}]
                schedules: [{rotation: {}, overrides: [{}]}]
                experts: [{onDuty: {rotation: {}, overrides: [{}]}}]
                guardians: [{}]
                guard: {approvals: {policyChange: {}}}
                witness: { witnesses: [{}] }
                """;
        YamlNode.read("keys", oneOfEach, reader.problems).ifPresent(reader::config);
        return reader.asked;
    }

    private Config config(YamlNode node) {
        YamlSection root = YamlSection.root(file, node, problems, asked::add);
        String domain = matching(root, "domain", "ifbus.local", DOMAIN, "write a host name, such as ifbus.example.org");
        String nodeName = matching(root, "node", "node-1", NODE, "letters, digits, dot, dash and underscore, at most 64");
        Path data = path(root, "data", "./ifbus-data").orElse(Path.of("ifbus-data"));
        Config.Http http = http(root.section("http"));
        Config.Sip sip = sip(root.section("sip"));
        Config.Media media = ConfigMedia.read(root.section("media"));
        List<String> hazards = hazards(root);
        CouncilRules council = ConfigGuard.council(root.section("council"));
        ConfigRoster roster = new ConfigRoster(warnings);
        List<Config.OperatorEntry> operators = roster.operators(root);
        YamlSection judging = root.section("guard");
        Config.GuardKeys guard = ConfigGuard.read(judging, file(judging, "policy"), operators.stream().map(Config.OperatorEntry::id).toList());
        Config config = new Config(file, domain, nodeName, data, http, sip, media, roster.agents(root, guard.requireSignatures()), operators,
                roster.edges(root),
                roster.experts(root, hazards), roster.duties(), roster.guardians(root), council, rungs(root.section("rungs")), guard, hazards,
                speech(root.section("speech")),
                callbacks(root.section("callbacks")), ConfigWitness.read(root.section("witness")), limits(root.section("limits")), List.of());
        root.end();
        together(root, config);
        return config.withWarnings(List.copyOf(warnings));
    }

    /** What no key shows alone. */
    private void together(YamlSection root, Config config) {
        lastRung(root, config);
        if (!config.hasTokens() && !Addresses.isLoopback(config.http().host())) {
            root.section("http").problem("listen", config.http().host() + " is not loopback, and the config gives no token",
                    "give tokens to agents, operators or guardians, or listen on 127.0.0.1");
        }
        if (config.council().quorum() == 0 && config.council().withoutExpert()) {
            root.section("council").problem("withoutExpert", "without an expert and without a council (quorum: 0) nobody decides",
                    "set a quorum, or withoutExpert: false");
        }
        if (config.council().quorum() > config.guardians().size() && !config.guardians().isEmpty()) {
            warnings.add("council.quorum is " + config.council().quorum() + " with " + config.guardians().size()
                    + " guardian(s): every council will end in hold");
        }
    }

    private static Config.Http http(YamlSection section) {
        String listen = section.text("listen", "127.0.0.1:8080");
        Matcher parts = LISTEN.matcher(listen);
        Config.Http http = new Config.Http("127.0.0.1", 8080, List.of());
        List<String> names = section.texts("names");
        for (String name : names) {
            if (!DOMAIN.matcher(name).matches())
                section.problem("names", "\"" + name + "\" is no host name", "write names without port, such as ifbus.example.org");
        }
        if (parts.matches() && Addresses.isPort(parts.group(2)) && Addresses.isAddress(parts.group(1))) {
            http = new Config.Http(parts.group(1), Integer.parseInt(parts.group(2)), names);
        } else {
            section.problem("listen", "\"" + listen + "\" is no address to listen on",
                    "write IP:PORT, such as 127.0.0.1:8080 or [::1]:8080; port 0 takes a free one");
        }
        section.end();
        return http;
    }

    private static Config.Sip sip(YamlSection section) {
        List<Endpoint> listen = new ArrayList<>();
        List<String> texts = section.has("listen") ? section.texts("listen") : List.of("udp:127.0.0.1:5060", "tcp:127.0.0.1:5060");
        if (texts.isEmpty()) section.problem("listen", "nowhere to listen", "name at least one, such as udp:127.0.0.1:5060");
        Set<String> seen = new LinkedHashSet<>();
        for (String text : texts) {
            try {
                listen.add(Endpoint.parse(text));
                if (!seen.add(text) && !text.endsWith(":0")) section.problem("listen", text + " stands twice", "keep one of them");
            } catch (IllegalArgumentException none) {
                section.problem("listen", "\"" + text + "\" is no address to listen on",
                        "write udp:IP:PORT or tcp:IP:PORT, such as udp:127.0.0.1:5060");
            }
        }
        Duration timer = section.duration("sessionTimer", Duration.ofMinutes(30), Duration.ZERO, Duration.ofHours(24));
        if (!timer.isZero() && timer.compareTo(Duration.ofSeconds(90)) < 0)
            section.problem("sessionTimer", timer + " is too short", "write PT90S or more (RFC 4028), or PT0S for none");
        List<Credential> credentials = ConfigPasswords.credentials(section);
        List<DigestAlgorithm> digest = ConfigPasswords.digest(section);
        List<Caller> callers = ConfigPasswords.callers(section);
        section.end();
        return new Config.Sip(List.copyOf(listen), timer, credentials, digest, callers);
    }

    private static List<String> hazards(YamlSection root) {
        if (!root.has("hazards")) return HAZARDS;
        List<String> hazards = root.texts("hazards");
        if (hazards.isEmpty())
            root.problem("hazards", "the list is empty", "name at least one, or leave the key out for " + String.join(", ", HAZARDS));
        for (String hazard : hazards) {
            if (!HAZARD.matcher(hazard).matches()) {
                root.problem("hazards", "\"" + hazard + "\" is no hazard's name",
                        "small letters, digits, dash and underscore, at most 32, a letter first");
            }
        }
        if (new LinkedHashSet<>(hazards).size() < hazards.size()) root.problem("hazards", "a hazard stands twice", "name each once");
        return hazards;
    }

    private static RungRules rungs(YamlSection section) {
        RungRules usual = RungRules.USUAL;
        RungRules rungs = new RungRules(
                section.choice("mode", usual.mode(), Map.of("parallel", RungRules.Mode.PARALLEL, "order", RungRules.Mode.ORDER)),
                section.duration("deadline", usual.deadline(), SECOND, Duration.ofHours(1)), section.whole("attempts", usual.attempts(), 1, 10),
                section.duration("pause", usual.pause(), SECOND, Duration.ofMinutes(10)), section.whole("loops", usual.loops(), 1, 10),
                section.texts("last"));
        section.end();
        return rungs;
    }

    /** Who rings at last must be somebody. */
    private static void lastRung(YamlSection root, Config config) {
        for (String uri : config.rungs().last()) {
            if (config.experts().stream().noneMatch(expert -> expert.uri().equals(uri)))
                root.section("rungs").problem("last", "\"" + uri + "\" is no expert of the config", "write the uri as it stands under experts");
        }
    }

    private Config.Speech speech(YamlSection section) {
        Config.VoiceChoice voice = section.choice("voice", Config.VoiceChoice.AUTO,
                Map.of("auto", Config.VoiceChoice.AUTO, "openai", Config.VoiceChoice.OPENAI,
                        "flite", Config.VoiceChoice.FLITE, "embedded", Config.VoiceChoice.EMBEDDED));
        YamlSection openAi = section.section("openai");
        String endpoint = openAi.text("endpoint", "");
        String model = openAi.text("model", "gpt-4o-mini-tts");
        String speaker = openAi.text("voice", "alloy");
        Optional<Path> key = file(openAi, "apiKeyFile");
        boolean pcm = openAi.choice("format", false, Map.of("wav", false, "pcm", true));
        openAi.end();
        Optional<Config.OpenAi> service = endpoint.isEmpty() ? Optional.empty()
                : url(openAi, "endpoint", endpoint).map(url -> new Config.OpenAi(url, model, speaker, key, pcm));
        if (voice == Config.VoiceChoice.OPENAI && endpoint.isEmpty()) {
            section.problem("voice", "openai needs an endpoint", "set speech.openai.endpoint, such as https://api.openai.com/v1/audio/speech");
        }
        YamlSection flite = section.section("flite");
        String program = flite.text("program", "flite");
        String fliteVoice = flite.text("voice", "slt");
        flite.end();
        Config.Speech speech = new Config.Speech(voice, service, program, fliteVoice, section.whole("longestText", 1200, 80, 4_000),
                section.duration("timeout", Duration.ofSeconds(15), SECOND, Duration.ofSeconds(120)));
        section.end();
        return speech;
    }

    private static Config.Callbacks callbacks(YamlSection section) {
        List<String> allow = section.texts("allow");
        for (String host : allow) {
            if (!ALLOWED_HOST.matcher(host).matches())
                section.problem("allow", "\"" + host + "\" is no host", "write HOST or HOST:PORT, without scheme and path");
        }
        section.end();
        return new Config.Callbacks(allow);
    }

    private static Config.Limits limits(YamlSection section) {
        HttpSettings http = HttpSettings.defaults("127.0.0.1", 0);
        Config.Limits limits = new Config.Limits(section.whole("maxBody", http.maxBodyBytes(), 1024, StrictJson.MAX_BYTES),
                section.whole("requestsPerSecond", http.requestsPerSecond(), 1, 100_000), section.whole("burst", http.burst(), 1, 100_000),
                section.whole("eventStreams", http.maxStreams(), 1, 10_000),
                section.whole("eventStreamsPerToken", http.maxStreamsPerToken(), 1, 10_000),
                section.whole("connections", http.maxConnections(), 10, 100_000),
                section.whole("connectionsPerAddress", http.maxConnectionsPerAddress(), 1, 100_000),
                section.whole("headBytes", http.headBytes(), 2_048, 65_536),
                section.duration("headWithin", http.headWithin(), SECOND, Duration.ofMinutes(2)),
                section.whole("slowestBody", http.slowestBody(), 1, 1_000_000),
                section.duration("heartbeat", http.heartbeat(), SECOND, Duration.ofMinutes(5)),
                section.duration("idle", http.writeTimeout(), SECOND, Duration.ofMinutes(10)), section.whole("calls", 10_000, 1, 100_000),
                section.whole("escalations", 1_000, 1, 100_000));
        section.end();
        return limits;
    }

    private static String matching(YamlSection section, String key, String otherwise, Pattern allowed, String remedy) {
        String text = section.text(key, otherwise);
        if (allowed.matcher(text).matches()) return text;
        section.problem(key, "\"" + YamlNode.shorten(text) + "\" is not allowed", remedy);
        return otherwise;
    }

    private static Optional<Path> path(YamlSection section, String key, String otherwise) {
        String text = section.text(key, otherwise);
        if (text.isEmpty()) return Optional.empty();
        try {
            return Optional.of(Path.of(text));
        } catch (InvalidPathException invalid) {
            section.problem(key, "\"" + YamlNode.shorten(text) + "\" is no path", "write the path of a file");
            return Optional.empty();
        }
    }

    /** A file that must be there. */
    private Optional<Path> file(YamlSection section, String key) {
        Optional<Path> path = path(section, key, "").map(folder::resolve);
        if (path.isPresent() && !Files.isReadable(path.get())) {
            section.problem(key, path.get() + " is not there, or may not be read", "paths are relative to this file's folder");
        }
        return path;
    }

    private static Optional<URI> url(YamlSection section, String key, String text) {
        try {
            URI url = URI.create(text);
            if (url.getHost() != null && ("https".equals(url.getScheme()) || "http".equals(url.getScheme()))) return Optional.of(url);
        } catch (IllegalArgumentException invalid) {
            // reported below
        }
        section.problem(key, "\"" + YamlNode.shorten(text) + "\" is no URL", "write https://HOST/PATH");
        return Optional.empty();
    }
}
