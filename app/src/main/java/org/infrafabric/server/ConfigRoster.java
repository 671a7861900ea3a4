package org.infrafabric.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.infrafabric.guard.Accept;
import org.infrafabric.guard.Agent;
import org.infrafabric.guard.Duties;
import org.infrafabric.guard.Expert;
import org.infrafabric.guard.Guardian;
import org.infrafabric.guard.UriPattern;
import org.infrafabric.guard.YamlSection;
import org.infrafabric.message.VerifyKey;

/** The people and agents of {@code ifbus.yaml}. A token or an id that stands twice is an error, wherever the two stand. */
final class ConfigRoster {
    private static final Pattern POST_ANSWER = Pattern.compile("[0-9*#A-D,]{0," + Expert.MOST_POST_ANSWER_DIGITS + "}");
    private static final Map<String, Accept> ACCEPT = Map.of("dtmf", Accept.DTMF, "answer", Accept.ANSWER);
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern AGENT_ID = Pattern.compile("[\\x21-\\x7e]{1,255}");
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9\\-._~+/]+=*"); // RFC 6750 §2.1, b64token
    private static final int SHORT_TOKEN = 16;
    private static final int LONG_TOKEN = 512;
    private static final Duration RING = Duration.ofSeconds(20);

    private final Set<String> warnings;
    private final Map<String, String> placeOfToken = new HashMap<>();
    private Duties duties = Duties.ALWAYS;

    ConfigRoster(Set<String> warnings) { this.warnings = warnings; }

    List<Config.AgentEntry> agents(YamlSection root, boolean requireSignatures) {
        List<Config.AgentEntry> agents = new ArrayList<>();
        Set<String> ids = new LinkedHashSet<>();
        for (YamlSection section : root.sections("agents")) {
            String id = section.required("id", "what the agent writes as its source, such as if://agent/swarm/legal-1");
            if (!id.isEmpty() && !AGENT_ID.matcher(id).matches()) section.problem("id", "not an agent's id", "visible ASCII characters, at most 255");
            if (!id.isEmpty() && !ids.add(id)) section.problem("id", "agent " + id + " stands twice", "keep one of them");
            String key = section.text("publicKey", "");
            Optional<VerifyKey> publicKey = Optional.empty();
            if (!key.isEmpty()) publicKey = key(section, key);
            else if (requireSignatures) {
                section.problem("publicKey", "the agent has no public key, so it could sign nothing",
                        "give its key (ifbus key show FILE), or set guard.requireSignatures: false");
            }
            Optional<Secret> token = token(section);
            section.end();
            agents.add(new Config.AgentEntry(new Agent(id, publicKey), token));
        }
        return List.copyOf(agents);
    }

    List<Config.OperatorEntry> operators(YamlSection root) {
        List<Config.OperatorEntry> operators = new ArrayList<>();
        Set<String> ids = new LinkedHashSet<>();
        for (YamlSection section : root.sections("operators")) {
            String id = id(section, "operator", ids);
            Optional<Secret> token = token(section);
            if (token.isEmpty()) section.problem("token", "missing", "add one: an operator is nothing but their token");
            section.end();
            operators.add(new Config.OperatorEntry(id, token));
        }
        return List.copyOf(operators);
    }

    List<Config.EdgeEntry> edges(YamlSection root) {
        List<Config.EdgeEntry> edges = new ArrayList<>();
        Set<String> ids = new LinkedHashSet<>();
        for (YamlSection section : root.sections("edges")) {
            String id = id(section, "edge", ids);
            Optional<Secret> token = token(section);
            if (token.isEmpty()) section.problem("token", "missing", "add one: the edge asks with it");
            String key = section.text("publicKey", "");
            Optional<VerifyKey> publicKey = key.isEmpty() ? Optional.empty() : key(section, key);
            section.end();
            token.ifPresent(secret -> edges.add(new Config.EdgeEntry(id, secret, publicKey)));
        }
        return List.copyOf(edges);
    }

    /** Also reads when they are on duty, see {@link #duties}. */
    List<Expert> experts(YamlSection root, List<String> hazards) {
        ConfigDuties onDuty = new ConfigDuties();
        onDuty.schedules(root);
        Set<String> reachable = new LinkedHashSet<>();
        List<Expert> experts = new ArrayList<>();
        Set<String> uris = new LinkedHashSet<>();
        for (YamlSection section : root.sections("experts")) {
            String uri = uri(section, "such as sip:expert-safety@127.0.0.1:5080, or a pattern: sip:expert-*@external.advisor", true);
            if (!uri.isEmpty() && !uris.add(normal(uri))) section.problem("uri", "expert " + uri + " stands twice", "keep one of them");
            String name = section.text("name", uri);
            List<String> fields = section.texts("hazards");
            if (fields.isEmpty())
                section.problem("hazards", "the expert may be asked about nothing", "name one or more of " + String.join(", ", hazards));
            for (String hazard : fields) {
                if (!hazards.contains(hazard))
                    section.problem("hazards", "\"" + hazard + "\" is no hazard of this bus", "known are " + String.join(", ", hazards));
            }
            Accept accept = section.choice("accept", Accept.DTMF, ACCEPT);
            Duration ring = section.duration("ringTimeout", RING, Duration.ofSeconds(1), Duration.ofMinutes(3));
            String extension = section.text("postAnswerDigits", "");
            if (!POST_ANSWER.matcher(extension).matches()) {
                section.problem("postAnswerDigits", "\"" + extension + "\" cannot be pressed",
                        "0-9, *, #, A-D, and a comma for a pause of 2 s; at most "
                                + Expert.MOST_POST_ANSWER_DIGITS);
            }
            boolean pattern = uri.contains("*");
            onDuty.expert(section, normal(uri), pattern);
            if (!pattern) reachable.add(normal(uri));
            section.end();
            experts.add(new Expert(uri, name, Set.copyOf(fields), accept, ring, extension));
        }
        duties = onDuty.together(root, reachable);
        return List.copyOf(experts);
    }

    /** When the experts are on duty, once they are read. */
    Duties duties() { return duties; }

    List<Config.GuardianEntry> guardians(YamlSection root) {
        List<Config.GuardianEntry> guardians = new ArrayList<>();
        Set<String> ids = new LinkedHashSet<>();
        for (YamlSection section : root.sections("guardians")) {
            String id = id(section, "guardian", ids);
            String uri = uri(section, "such as sip:sage@127.0.0.1:5081", false);
            Accept accept = section.choice("accept", Accept.DTMF, ACCEPT);
            Optional<Secret> token = token(section);
            section.end();
            guardians.add(new Config.GuardianEntry(new Guardian(id, uri, accept), token));
        }
        return List.copyOf(guardians);
    }

    private static String id(YamlSection section, String whose, Set<String> seen) {
        String id = section.required("id", "a short name");
        if (id.isEmpty()) return id;
        if (!ID.matcher(id).matches()) section.problem("id", "not an id", "letters, digits, dot, dash and underscore, at most 64");
        if (!seen.add(id)) section.problem("id", whose + " " + id + " stands twice", "keep one of them");
        return id;
    }

    private static String uri(YamlSection section, String allowed, boolean patterns) {
        String uri = section.required("uri", allowed);
        if (uri.isEmpty()) return uri;
        try {
            if (UriPattern.parse(uri).isPattern() && !patterns)
                section.problem("uri", "a guardian's URI cannot be a pattern", "write the address to ring");
        } catch (IllegalArgumentException none) {
            section.problem("uri", String.valueOf(none.getMessage()), "write it " + allowed);
        }
        return uri;
    }

    private static String normal(String uri) {
        try {
            return UriPattern.parse(uri).text();
        } catch (IllegalArgumentException none) {
            return uri; // reported where it was read
        }
    }

    private static Optional<VerifyKey> key(YamlSection section, String text) {
        try {
            return Optional.of(VerifyKey.parse(text));
        } catch (IllegalArgumentException none) {
            section.problem("publicKey", String.valueOf(none.getMessage()),
                    "write ed25519: and 43 characters of base64url, as ifbus key show FILE prints it");
            return Optional.empty();
        }
    }

    private Optional<Secret> token(YamlSection section) {
        if (!section.has("token")) return Optional.empty();
        String token = section.text("token", "");
        if (token.length() > LONG_TOKEN || !TOKEN.matcher(token).matches()) {
            section.problem("token", "this cannot be a bearer token",
                    "letters, digits and - . _ ~ + /, at most " + LONG_TOKEN + ", such as openssl rand -hex 32 gives");
            return Optional.empty();
        }
        String place = section.path("token");
        String before = placeOfToken.putIfAbsent(token, place);
        if (before != null) section.problem("token", "the same token as " + before, "give everybody a token of their own");
        if (token.length() < SHORT_TOKEN) warnings.add(place + " is shorter than " + SHORT_TOKEN + " characters and could be guessed");
        return Optional.of(new Secret(token));
    }
}
