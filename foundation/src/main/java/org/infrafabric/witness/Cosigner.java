package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.infrafabric.message.Sha256;
import org.infrafabric.message.SigningKey;

/**
 * A witness: remembers the last checkpoint of each log that it knows, and cosigns a new one only if the log proves it to be a continuation (C2SP tlog-witness,
 * tlog-cosignature). It speaks no HTTP itself. What it remembers is on the disk before it answers: a witness that forgets can be made to cosign a fork.
 */
public final class Cosigner {
    /** An answer to a request. */
    public record Answer(int status, String contentType, String body) {
        static Answer text(int status, String body) { return new Answer(status, "text/plain; charset=utf-8", body); }
    }

    private final String name;
    private final SigningKey key;
    private final List<NoteKey> logs;
    private final Path directory;
    private final InstantSource clock;

    /**
     * @param name of this witness, in its cosignatures
     * @param key its own, used for nothing else
     * @param logs the keys of the logs it knows, by their origin; one log may have several
     * @param directory where the checkpoints are kept; made if it is not there
     * @throws IOException the directory cannot be made
     */
    public Cosigner(String name, SigningKey key, Collection<NoteKey> logs, Path directory, InstantSource clock) throws IOException {
        if (!NoteKey.isName(name)) throw new IllegalArgumentException("\"" + name + "\" is no key name");
        for (NoteKey log : logs)
            if (log.kind() != NoteKey.Kind.NOTE) throw new IllegalArgumentException(log.name() + "'s key is a witness's, not a log's");
        this.name = name;
        this.key = key;
        this.logs = List.copyOf(logs);
        this.directory = Files.createDirectories(directory);
        this.clock = clock;
    }

    /** What those who believe this witness need to know of it. */
    public NoteKey publicKey() { return NoteKey.witness(name, key.verifyKey()); }

    /**
     * {@code POST …/add-checkpoint}. One at a time: between looking at the last checkpoint and keeping the new one nothing may come.
     *
     * @throws IOException what it remembers cannot be read or kept: it cosigns nothing
     */
    public synchronized Answer addCheckpoint(byte[] body) throws IOException {
        AddCheckpoint request;
        try {
            request = AddCheckpoint.parse(body);
        } catch (IllegalArgumentException e) {
            return Answer.text(400, e.getMessage() + "\n");
        }
        Checkpoint now = request.checkpoint();
        List<NoteKey> known = logs.stream().filter(log -> log.name().equals(now.origin())).toList();
        if (known.isEmpty()) return Answer.text(404, "this witness does not know the log " + now.origin() + "\n");
        List<SignedNote.Signature> signatures;
        try {
            signatures = known.stream().flatMap(log -> now.note().signedBy(log).stream()).toList();
        } catch (IllegalArgumentException forged) {
            return Answer.text(403, forged.getMessage() + "\n");
        }
        if (signatures.isEmpty())
            return Answer.text(403, "no key that this witness trusts for " + now.origin()
                    + " signed it; when that log has a new key, this witness's operator has to be given it\n");
        if (request.old() > now.size()) return Answer.text(400, "old is larger than the checkpoint\n");
        Optional<Checkpoint> last = last(now.origin());
        long had = last.map(Checkpoint::size).orElse(0L);
        if (request.old() != had) return new Answer(409, "text/x.tlog.size", had + "\n");
        if (!continues(last, request)) return Answer.text(422, "it is not proven to be a continuation of what was cosigned last\n");
        SignedNote.Signature mine = now.note().cosign(name, key, clock.instant().getEpochSecond());
        keep(new Checkpoint(now.origin(), now.size(), now.root(), new SignedNote(now.note().text(), signatures).with(mine)));
        return Answer.text(200, mine.line());
    }

    /** {@code GET …/ORIGIN-HASH/checkpoint}: the last one that was cosigned. */
    public Answer checkpoint(String originHash) throws IOException {
        Optional<NoteKey> log = logs.stream().filter(known -> hash(known.name()).equals(originHash)).findFirst();
        Optional<Checkpoint> last = log.isPresent() ? last(log.get().name()) : Optional.empty();
        return last.map(checkpoint -> Answer.text(200, checkpoint.note().toString())).orElse(Answer.text(404, "nothing was cosigned here\n"));
    }

    private static boolean continues(Optional<Checkpoint> last, AddCheckpoint request) {
        Checkpoint now = request.checkpoint();
        if (now.size() == 0) return request.path().isEmpty() && Arrays.equals(now.root(), Sha256.of()); // RFC 6962 §2.1: the hash of nothing
        if (request.old() == 0) return request.path().isEmpty();
        return last.isPresent() && MerkleTree.isConsistent(request.old(), last.get().root(), now.size(), now.root(), request.path());
    }

    private Optional<Checkpoint> last(String origin) throws IOException {
        Path file = file(origin);
        if (!Files.exists(file)) return Optional.empty();
        try {
            return Optional.of(Checkpoint.parse(Files.readAllBytes(file)));
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "what this witness remembers in " + file + " cannot be read; it cosigns nothing of " + origin + ": " + e.getMessage(), e);
        }
    }

    private void keep(Checkpoint checkpoint) throws IOException {
        Path file = file(checkpoint.origin()), fresh = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(checkpoint.note().toString().getBytes(UTF_8));
            while (bytes.hasRemaining()) out.write(bytes);
            out.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel folder = FileChannel.open(directory, StandardOpenOption.READ)) {
            folder.force(true); // the name, too
        }
    }

    private Path file(String origin) { return directory.resolve(hash(origin) + ".checkpoint"); }

    private static String hash(String origin) { return HexFormat.of().formatHex(Sha256.of(origin.getBytes(UTF_8))); }

    @Override
    public String toString() { return name + " for " + logs.stream().map(NoteKey::name).collect(Collectors.joining(", ")); }
}
