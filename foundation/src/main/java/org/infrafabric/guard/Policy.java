package org.infrafabric.guard;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.infrafabric.message.CanonicalJson;
import org.infrafabric.message.Sha256;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The rules that say what needs people: an ordered list, the first rule that fires decides. A message that no rule covers is denied, and so is one over which
 * a rule fails before another has fired: the guard gave no answer, so there is no call. Immutable; any thread.
 */
public final class Policy {
    private static final String BUILT_IN = "default-policy.yaml";

    private final String file;
    private final List<Compiled> rules;
    private final String canonical;
    private final String hash;

    record Compiled(Rule rule, Condition condition) {}

    /** Whether the rules up to the one of this name, or all if there is none, look at the summary, which is not among the logged inputs. */
    boolean readsSummary(String rule) {
        for (Compiled compiled : rules) {
            if (compiled.condition().readsSummary()) return true;
            if (compiled.rule().name().equals(rule)) return false;
        }
        return false;
    }

    Policy(String file, List<Compiled> rules) {
        this.file = file;
        this.rules = List.copyOf(rules);
        byte[] bytes = CanonicalJson.of(tree());
        this.canonical = new String(bytes, UTF_8);
        this.hash = Sha256.hex(bytes);
    }

    /** The policy that ifbus brings: escalations and grave hazards to people, other messages by their confidence. */
    public static Policy builtIn() {
        try (InputStream resource = Policy.class.getResourceAsStream(BUILT_IN)) {
            if (resource == null) throw new IllegalStateException(BUILT_IN + " is missing from the build");
            return parse("built-in " + BUILT_IN, new String(resource.readAllBytes(), UTF_8));
        } catch (IOException unreadable) {
            throw new IllegalStateException(BUILT_IN + " cannot be read from the build", unreadable);
        }
    }

    /** Throws {@link InvalidFile} with all that is wrong. */
    public static Policy read(Path file) { return parse(file.toString(), text(file)); }

    /**
     * The same from a text.
     *
     * @param file how errors name it
     */
    public static Policy parse(String file, String text) { return PolicyFile.read(file, text); }

    /**
     * The policy whose canonical form this is, to judge again what it has judged.
     *
     * @throws InvalidFile it is none, or one of a later version of ifbus
     */
    static Policy ofCanonical(String name, String canonical) { return parse(name, canonical); }

    /** The text of a file that people write: UTF-8, of bounded length. Throws {@link InvalidFile} when it cannot be read. */
    public static String text(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(4 * YamlNode.MAX_CHARACTERS);
            try (Reader strict = new InputStreamReader(new ByteArrayInputStream(bytes), UTF_8.newDecoder())) {
                return strict.readAllAsString();
            }
        } catch (CharacterCodingException notUtf8) {
            throw new InvalidFile(new Problem(file.toString(), 1, "", "the file is not UTF-8 text", "save it as UTF-8"));
        } catch (IOException unreadable) {
            throw new InvalidFile(new Problem(file.toString(), 1, "", "the file cannot be read (" + unreadable.getClass().getSimpleName() + ")",
                    "does it exist, and may this user read it?"));
        }
    }

    /** Every key that a policy's file may have, {@code []} for list positions: what its documentation must list. */
    public static Set<String> keys() {
        return PolicyFile.keys();
    }

    /** As errors name it. */
    public String file() { return file; }

    public List<Rule> rules() { return rules.stream().map(Compiled::rule).toList(); }

    /** The rules as RFC 8785 canonical JSON: comments, layout and line numbers do not count. */
    public String canonical() { return canonical; }

    /** Hex SHA-256 of {@link #canonical}: names this policy in decisions and in the log. */
    public String hash() { return hash; }

    /**
     * A rule that was tried.
     *
     * @param decides whether this is the rule that decided: the first that fired or failed
     */
    record Trial(Rule rule, Condition.Run run, boolean decides) {}

    /** Tries rules in order up to the first that fires or fails; empty when none did. */
    Optional<Trial> decide(Facts facts) {
        for (Compiled compiled : rules) {
            Condition.Run run = compiled.condition().run(facts);
            if (run.fires() || run.failure().isPresent()) return Optional.of(new Trial(compiled.rule(), run, true));
        }
        return Optional.empty();
    }

    /** Tries every rule, also those after the one that decides. */
    List<Trial> tryAll(Facts facts) {
        List<Trial> trials = new ArrayList<>();
        boolean decided = false;
        for (Compiled compiled : rules) {
            Condition.Run run = compiled.condition().run(facts);
            boolean decides = !decided && (run.fires() || run.failure().isPresent());
            decided |= decides;
            trials.add(new Trial(compiled.rule(), run, decides));
        }
        return trials;
    }

    /** The same as a tree, for the log; {@link #ofCanonical} makes the policy of it again. */
    public ObjectNode tree() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ArrayNode list = root.put("version", PolicyFile.VERSION).putArray("rules");
        for (Compiled compiled : rules) {
            Rule rule = compiled.rule();
            ObjectNode node = list.addObject().put("name", rule.name()).put("when", rule.when()).put("then", rule.then().word()).put("reason",
                    rule.reason());
            ArrayNode assume = node.putArray("assume");
            rule.assume().forEach(assume::add);
            ArrayNode rungs = node.putArray("rungs");
            for (List<Rule.Selector> rung : rule.rungs()) {
                ArrayNode selectors = rungs.addArray();
                rung.forEach(selector -> selectors.add(selector.word()));
            }
            ObjectNode council = node.putObject("council");
            rule.council().quorum().ifPresent(value -> council.put("quorum", value));
            rule.council().deadline().ifPresent(value -> council.put("deadline", value.toString()));
            rule.council().gather().ifPresent(value -> council.put("gather", value.toString()));
            rule.council().ringEarly().ifPresent(value -> council.put("ring", value ? "early" : "accepted"));
            rule.council().withoutExpert().ifPresent(value -> council.put("withoutExpert", value));
            rule.council().decide().ifPresent(value -> council.set("decide", JudgementForm.decide(value)));
            rule.limit().ifPresent(limit -> node.putObject("limit").put("most", limit.most()).put("per", limit.per().toString())
                    .put("each", limit.eachSource() ? "source" : "rule").put("over", limit.over().word()));
        }
        return root;
    }
}
