package org.infrafabric.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.infrafabric.client.EscalationStatus;
import org.infrafabric.client.IfbusClient;
import org.infrafabric.client.IfbusException;
import org.infrafabric.client.Receipt;
import org.infrafabric.client.SignedDecision;
import org.infrafabric.message.IfMessage;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.Signatures;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.StrictJson;
import org.infrafabric.message.VerifyKey;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code escalate}: sends one message, and with {@code --wait} follows it to its decision, which the exit code tells. */
@Command(name = "escalate", mixinStandardHelpOptions = true, description = "Send one escalation and follow it.", footer = {"",
    "Exit codes with --wait:",
    "   0 approved            8 approved with conditions   3 rejected",
    "   5 hold                4 denied by the guard       10 no people needed",
    "   1 failed, cancelled   2 bad message or options     7 no server there",
    "   9 signature or token refused"})
final class EscalateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "MESSAGE.json", description = "An IFMessage; - reads stdin.") private Path file;

    @Mixin private BusOption bus = new BusOption();

    @Nullable
    @Option(names = "--sign", paramLabel = "KEYFILE",
            description = "Sign the message with this key first; a signature it has is replaced.") private Path key;

    @Nullable
    @Option(names = "--bus-key", paramLabel = "KEY",
            description = "The bus's public key, ed25519:…, known from elsewhere; else the server's word is taken.") private String busKey;

    @Option(names = "--wait", description = "Wait for the decision.") private boolean wait;

    @Option(names = "--timeout", paramLabel = "DURATION", defaultValue = "PT30M",
            description = "With --wait: how long (ISO 8601, default: PT30M).") private Duration timeout = Duration
                    .ofMinutes(30);

    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws Exception {
        String token = bus.token().orElseThrow(() -> new IllegalArgumentException(
                "no token: give --token or set IFBUS_TOKEN (the config names it, or serve keeps it in its data directory as agent-….token)"));
        IfbusClient client = IfbusClient.connect(bus.server(), token);
        if (busKey != null) client = client.pin(VerifyKey.parse(busKey));
        Receipt receipt = client.escalate(read());
        Output.progress((receipt.repeated() ? "known already: " : "sent: ") + receipt.id() + ", trace " + receipt.traceId());
        if (!wait) {
            ObjectNode sent = Output.object().put("id", receipt.id()).put("traceId", receipt.traceId()).put("state", receipt.state()).put("href",
                    receipt.href());
            output.result(sent, receipt.id() + "  " + receipt.state());
            return ExitCode.DONE;
        }
        SignedDecision decision = await(client, receipt);
        output.result(decision.message(), text(decision));
        return decision.decision().verdict().exitCode();
    }

    private IfMessage read() throws Exception {
        byte[] bytes = file.toString().equals("-") ? System.in.readAllBytes() : Files.readAllBytes(file);
        try {
            ObjectNode tree = StrictJson.parse(bytes);
            return IfMessage.of(key == null ? tree : Signatures.sign(tree, SigningKey.read(key)));
        } catch (MessageRefused refused) {
            throw new IllegalArgumentException(file + ": " + Failures.sentence(refused), refused);
        }
    }

    private SignedDecision await(IfbusClient client, Receipt receipt) throws IfbusException, InterruptedException {
        return client.awaitDecision(receipt.id(), Optional.of(receipt.requestSha256()), timeout, new Progress());
    }

    private static String text(SignedDecision signed) {
        StringBuilder text = new StringBuilder(Output.bold(signed.decision().verdict().label()) + ": " + signed.decision().reason());
        for (String condition : signed.decision().conditions()) text.append("\n  condition: ").append(condition);
        signed.decision().votes().forEach(vote -> text.append("\n  ").append(vote.guardian()).append(": ").append(vote.vote()));
        return text.append("\nsigned by ").append(signed.key().keyId())
                .append(signed.pinned() ? ", the key you gave" : ", a key the server itself names").toString();
    }

    /** Tells on stderr which states the escalation enters. */
    private static final class Progress implements Consumer<EscalationStatus> {
        private int told;

        @Override
        public void accept(EscalationStatus status) {
            JsonNode history = status.json().path("history");
            for (; told < history.size(); told++) {
                JsonNode step = history.get(told);
                String detail = step.path("detail").asString("");
                Output.progress("  " + step.path("time").asString("") + "  " + step.path("state").asString("")
                        + (detail.isEmpty() ? "" : "  " + Output.dim(detail)));
            }
        }
    }
}
