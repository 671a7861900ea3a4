import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.infrafabric.client.IfbusClient;
import org.infrafabric.client.IfbusException;
import org.infrafabric.client.Receipt;
import org.infrafabric.client.SignedDecision;
import org.infrafabric.message.Decision;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.VerifyKey;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An agent that asks, waits for people, and obeys. It wants to publish a report that names people, which is nothing to decide alone.
 *
 * <pre>
 *   export IFBUS_SERVER=http://127.0.0.1:8080 IFBUS_TOKEN=… IFBUS_KEY=agent.key IFBUS_BUS_KEY=ed25519:…
 *   java -cp 'message/target/*:message/target/lib/*' examples/agent/Agent.java report.txt
 * </pre>
 *
 * Any Java from 17. It publishes (writes REPORT.published) only when a decision says so that the bus's key has signed and that answers just this question. Whatever
 * else happens, it does not: no bus, no answer in time, a signature that does not hold, a condition that it cannot meet.
 */
public class Agent {
    private static final int PUBLISHED = 0, FAILED = 1, USAGE = 2, REJECTED = 3, NOBODY = 5, NO_BUS = 7, WITH_CONDITIONS = 8, UNPROVEN = 9;

    /** What this agent knows how to fulfil. A condition that is not here is one that it cannot meet. */
    private static final Map<String, UnaryOperator<String>> CAN_MEET = Map.of(
            "without names", text -> text.replaceAll("(?m)^Name: .*$", "Name: (withheld)"),
            "marked as a draft", text -> "DRAFT\n" + text);

    private final IfbusClient bus;
    private final SigningKey key;
    private final Duration patience;

    private Agent(IfbusClient bus, SigningKey key, Duration patience) {
        this.bus = bus;
        this.key = key;
        this.patience = patience;
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 1) {
            System.err.println("Agent.java REPORT, with IFBUS_SERVER, IFBUS_TOKEN, IFBUS_KEY and IFBUS_BUS_KEY in the environment");
            System.exit(USAGE);
        }
        // The bus's key comes from its operator, not from the bus: whoever answers at that address could name any key.
        IfbusClient bus = IfbusClient.connect(URI.create(env("IFBUS_SERVER", "http://127.0.0.1:8080")), env("IFBUS_TOKEN", ""))
                .pin(VerifyKey.parse(env("IFBUS_BUS_KEY", ""))).patient(Duration.ofSeconds(5));
        Duration patience = Duration.parse(env("AGENT_PATIENCE", "PT10M"));
        System.exit(new Agent(bus, SigningKey.read(Path.of(env("IFBUS_KEY", "agent.key"))), patience).publish(Path.of(arguments[0])));
    }

    /** Does it, or does it not; gives the exit code. */
    private int publish(Path report) throws IOException, InterruptedException {
        String text = Files.readString(report);
        String id = "";
        try {
            Receipt receipt = bus.escalate(question(report), key);
            id = receipt.id();
            say("asked: " + id);
            return obey(bus.awaitDecision(receipt, patience), report, text);
        } catch (IfbusException.Unproven e) {
            say("what came back is not proven, so it is no permission: " + e.getMessage());
            return UNPROVEN;
        } catch (IfbusException.TimedOut e) {
            say("nobody decided within " + patience + ", so it is not permitted");
            callOff(id);
            return NOBODY;
        } catch (IfbusException.Unreachable e) {
            say("there is no bus to ask, so it is not permitted: " + e.getMessage());
            return NO_BUS;
        } catch (IfbusException | MessageRefused e) {
            say("I may not even ask, so it is not permitted: " + e.getMessage());
            return FAILED;
        }
    }

    private int obey(SignedDecision answer, Path report, String text) throws IOException {
        Decision decision = answer.decision();
        say("decided: " + decision.verdict().label() + " (" + decision.reason() + "), signed by " + answer.key().keyId());
        Files.writeString(beside(report, ".decision.json"), answer.message().toString());  // the proof of why it was done or left
        return switch (decision.verdict()) {
            case APPROVE -> published(report, text, PUBLISHED);
            case APPROVE_WITH_CONDITIONS -> adapt(decision.conditions(), report, text);
            case REJECT -> left("people said no", REJECTED);
            case HOLD -> left("nobody has permitted it", NOBODY);
            case NOT_REQUIRED, DENIED, CANCELLED -> left("that is no permission", FAILED);
        };
    }

    /** All of the conditions, or nothing. */
    private int adapt(List<String> conditions, Path report, String text) throws IOException {
        String adapted = text;
        List<String> cannot = new ArrayList<>();
        for (String condition : conditions) {
            UnaryOperator<String> change = CAN_MEET.get(condition);
            if (change == null) cannot.add(condition);
            else adapted = change.apply(adapted);
        }
        if (!cannot.isEmpty()) return left("I cannot meet: " + String.join("; ", cannot), REJECTED);
        say("adapted: " + String.join("; ", conditions));
        return published(report, adapted, WITH_CONDITIONS);
    }

    private static int published(Path report, String text, int exit) throws IOException {
        Files.writeString(beside(report, ".published"), text);
        say("published");
        return exit;
    }

    private static int left(String why, int exit) {
        say("not published: " + why);
        return exit;
    }

    /** So that no phone rings for a question that nobody waits for any more. */
    private void callOff(String id) throws InterruptedException {
        try {
            bus.cancel(id);
            say("called off");
        } catch (IfbusException e) {
            say("could not be called off: " + e.getMessage());
        }
    }

    private ObjectNode question(Path report) throws IfbusException, InterruptedException {
        ObjectNode message = JsonMapper.shared().createObjectNode();
        message.put("id", "report-" + UUID.randomUUID()).put("timestamp", Rfc3339.format(Instant.now())).put("level", 2).put("version", "1.0")
                .put("source", bus.agent().orElse(env("IFBUS_AGENT", ""))).put("destination", "if://service/guard/council");
        ObjectNode payload = message.putObject("payload").put("performative", "ESCALATE").put("severity", "high")
                .put("summary", "The report " + report.getFileName() + " names people. May I publish it?");
        payload.putArray("hazards").add(env("AGENT_HAZARD", "privacy"));
        return message;
    }

    private static Path beside(Path file, String suffix) { return file.resolveSibling(file.getFileName() + suffix); }

    private static String env(String name, String otherwise) { return System.getenv().getOrDefault(name, otherwise); }

    private static void say(String line) { System.out.println("agent: " + line); }
}
