package org.infrafabric.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.infrafabric.message.SigningKey;
import org.infrafabric.witness.Checkpoint;
import org.infrafabric.witness.WitnessReader;

/** Finds the checkpoint to go by in a bus's data directory, beside the bus or after it. */
final class NodeCheckpoint {
    private NodeCheckpoint() {}

    /** As {@link #find}. Throws IllegalArgumentException when none covers it. */
    static Checkpoint covering(long seq, WitnessReader reader, Path busKey) throws IOException {
        return find(seq, reader, busKey).orElseThrow(() -> new IllegalArgumentException(
                "no checkpoint covers entry " + seq + " yet, and " + busKey + " cannot be read to sign one"));
    }

    /** The newest that has cosignatures and covers {@code seq}; else one signed now with the bus's key, where that may be read; else the newest that was kept. */
    static Optional<Checkpoint> find(long seq, WitnessReader reader, Path busKey) throws IOException {
        Optional<Checkpoint> cosigned = reader.keptCheckpoint(1).filter(checkpoint -> checkpoint.size() >= seq);
        if (cosigned.isPresent()) return cosigned;
        if (Files.isReadable(busKey)) return Optional.of(reader.checkpoint(SigningKey.read(busKey)));
        return reader.keptCheckpoint(0).filter(checkpoint -> checkpoint.size() >= seq);
    }
}
