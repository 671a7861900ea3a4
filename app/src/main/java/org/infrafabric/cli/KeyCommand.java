package org.infrafabric.cli;

import java.nio.file.Path;
import org.infrafabric.message.SigningKey;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code key generate/show}. */
@Command(name = "key", mixinStandardHelpOptions = true, description = "Make and look at signing keys (Ed25519).")
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

    private static int print(SigningKey key, Path file, Output output) {
        ObjectNode result = Output.object().put("file", file.toString()).put("keyId", key.keyId()).put("publicKey", key.verifyKey().toString());
        output.result(result, "keyId      " + key.keyId() + "\npublicKey  " + key.verifyKey());
        return ExitCode.DONE;
    }
}
