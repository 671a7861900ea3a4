package org.infrafabric.cli;

import java.nio.file.Path;
import java.time.Clock;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.server.BusKey;
import org.infrafabric.store.DataDirectoryInUse;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.LogName;
import org.infrafabric.witness.NoteKey;
import org.infrafabric.witness.WitnessLog;
import org.infrafabric.witness.WitnessReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code key generate/show/rotate}. */
@Command(name = "key", mixinStandardHelpOptions = true, description = "Make, look at and change signing keys (Ed25519).")
final class KeyCommand {
    @Command(mixinStandardHelpOptions = true, description = "Make a key file (mode 0600; it must not be there yet) and print its public key.")
    int generate(@Parameters(paramLabel = "FILE", description = "The file to make.") Path file, @Mixin Output output) throws Exception {
        SigningKey key = SigningKey.generate();
        key.write(file);
        return print(key, file, output);
    }

    @Command(mixinStandardHelpOptions = true, description = "Print the public key of a key file.")
    int show(
            @Nullable
            @Parameters(arity = "0..1", paramLabel = "FILE", description = "A key file (default: the bus's own, in its data directory).") Path file,
            @Mixin LogOption data, @Mixin Output output) throws Exception {
        Path shown = file == null ? data.data().busKey() : file;
        return print(SigningKey.read(shown), shown, output);
    }

    @Command(mixinStandardHelpOptions = true,
            description = {
                "Let a new key sign the bus's log and decisions from now on; the old one says so in an entry, and old entries stay verifiable.",
                "Outside witnesses have to be given the vkey that it prints.",
                "Works beside a running bus, which is then asked to do it, and without one."})
    int rotate(@Mixin LogOption data, @Mixin OperatorCall bus, @Mixin Output output) throws Exception {
        ObjectNode result = Output.object();
        try (SqliteStore store = SqliteStore.open(data.database());
                WitnessLog log = WitnessLog.open(store, name(store, data), BusKey.open(data.data().busKey(), store), Clock.systemUTC())) {
            Entry said = BusKey.rotate(log, data.data().busKey());
            result.put("keyId", log.signer().keyId()).put("publicKey", log.signer().verifyKey().toString()).put("since", said.time()).put("seq",
                    said.seq());
        } catch (DataDirectoryInUse running) {
            result.setAll((ObjectNode) bus.send("POST", "/v1/keys/rotate", data));
        }
        String publicKey = result.path("publicKey").asString("");
        try (SqliteStore store = data.readOnly()) {
            result.put("vkey", NoteKey.log(name(store, data).origin(), VerifyKey.parse(publicKey)).vkey());
        }
        output.result(result,
                "keyId      " + result.path("keyId").asString("") + "\npublicKey  " + publicKey + "\nsince      entry " + result.path("seq").asLong(0)
                        + ", " + result.path("since").asString("") + "\nvkey       " + result.path("vkey").asString("")
                        + "\n           outside witnesses need it in the old one's place: until their operators give it to them, they cosign nothing");
        return ExitCode.DONE;
    }

    /** A log that was there before keeps the name it has. */
    static LogName name(SqliteStore store, LogOption data) {
        WitnessReader reader = new WitnessReader(store);
        return reader.name().orElseGet(() -> LogName.of(data.config().domain(), reader.node().orElse(data.config().node())));
    }

    private static int print(SigningKey key, Path file, Output output) {
        ObjectNode result = Output.object().put("file", file.toString()).put("keyId", key.keyId()).put("publicKey", key.verifyKey().toString());
        output.result(result, "keyId      " + key.keyId() + "\npublicKey  " + key.verifyKey());
        return ExitCode.DONE;
    }
}
