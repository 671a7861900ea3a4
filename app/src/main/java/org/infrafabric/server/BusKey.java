package org.infrafabric.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.concurrent.CompletionException;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.TraceIds;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.WitnessLog;
import org.infrafabric.witness.WitnessReader;

/**
 * The bus's own key file, and how it gives way to a new key: the new one is on the disk before the log names it, and takes the old one's place after that.
 * A crash in between leaves both files, and the next start sees from the log which of them signs.
 */
public final class BusKey {
    private BusKey() {}

    /**
     * The key that signs the log now; a new one at first start.
     *
     * @throws IOException the file cannot be read, or holds no key
     */
    public static SigningKey open(Path file, SqliteStore store) throws IOException {
        Path next = next(file);
        if (Files.exists(next)) {
            String id = SigningKey.read(next).keyId();
            if (new WitnessReader(store).keys().stream().anyMatch(known -> known.keyId().equals(id))) replace(next, file);
            else Files.delete(next); // it never came to be named
        }
        if (Files.exists(file)) return SigningKey.read(file);
        SigningKey fresh = SigningKey.generate();
        fresh.write(file);
        return fresh;
    }

    /**
     * Lets a new key sign from the next entry on; the old private key is gone afterwards. Waits for the disk.
     *
     * @return the entry in which the old key names the new one
     * @throws IOException a file cannot be written
     * @throws org.infrafabric.store.StoreFailure the log could not be written: the old key goes on
     */
    public static synchronized Entry rotate(WitnessLog log, Path file) throws IOException {
        SigningKey fresh = SigningKey.generate();
        Path next = next(file);
        Files.deleteIfExists(next);
        fresh.write(next);
        try {
            Entry said = log.changeKey(fresh, TraceIds.random(new SecureRandom())).join();
            replace(next, file);
            return said;
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) throw cause;
            throw e;
        }
    }

    private static void replace(Path next, Path file) throws IOException {
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Path next(Path file) { return file.resolveSibling(file.getFileName() + ".next"); }
}
