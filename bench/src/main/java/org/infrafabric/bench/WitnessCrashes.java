package org.infrafabric.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.infrafabric.message.SigningKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Verdict;
import org.infrafabric.witness.Verifier;
import org.infrafabric.witness.WitnessReader;

/**
 * Starts a node, kills it at a random point with SIGKILL, and again, on one log; then holds the log to all that the node ever acknowledged: every entry is
 * there with its state, the chain is whole, and the tree is the one of each checkpoint that was given out.
 */
final class WitnessCrashes {
    private static final int MOST_LINES = 400;
    private static final int VERIFY_EACH = 25;

    private final Path directory;
    private final Random random;
    private final SigningKey key = SigningKey.generate();
    private final Map<Long, String> acknowledged = new HashMap<>();
    private final Map<Long, String> checkpoints = new HashMap<>();
    private long failures;

    /** @param seed decides at which acknowledgement each life ends */
    WitnessCrashes(Path directory, long seed) throws IOException {
        this.directory = directory;
        this.random = new Random(seed);
        key.write(directory.resolve("bus.key"));
    }

    int acknowledged() { return acknowledged.size(); }

    int checkpoints() { return checkpoints.size(); }

    /** Times that the node said that something could not be written. */
    long failures() { return failures; }

    /** Lets the node live and die {@code count} times. Throws {@link IllegalStateException} naming the first thing that was lost. */
    void kill(int count) throws Exception {
        for (int round = 1; round <= count; round++) {
            liveUntil(start(List.of()), random.nextInt(MOST_LINES));
            if (round % VERIFY_EACH == 0 || round == count) verify();
        }
    }

    /** Starts a node in a process of its own. {@code before}: a command that runs it, such as strace. */
    Process start(List<String> before) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                "-Xshare:auto", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), CrashingNode.class.getName(),
                directory.toString()));
        return new ProcessBuilder(command).redirectError(directory.resolve("stderr.txt").toFile()).start();
    }

    /** Reads what the node says; kills it after so many acknowledgements, and takes what it had still said. */
    void liveUntil(Process node, int lines) throws Exception {
        int left = lines;
        String last = "";
        try (BufferedReader out = node.inputReader()) {
            if (left == 0) node.toHandle().destroyForcibly(); // at once, while it opens
            for (String line = out.readLine(); line != null; line = out.readLine())
                if (take(last = line) && --left == 0) node.toHandle().destroyForcibly(); // SIGKILL; the process's own method would close the pipe as well
        }
        if (!node.waitFor(10, TimeUnit.SECONDS)) throw new IllegalStateException("the node does not die");
        if (node.exitValue() != 0 && node.exitValue() != 128 + 9)
            throw new IllegalStateException(
                    "the node ended with " + node.exitValue() + " after \"" + last + "\": " + Files.readString(directory.resolve("stderr.txt")));
    }

    /** True for an acknowledgement. */
    boolean take(String line) {
        String[] words = line.split(" ");
        if (words[0].equals("failed")) failures++;
        if (words.length != 3 || words[2].length() != 64) return false; // or cut off by the kill
        if (words[0].equals("durable")) acknowledged.put(Long.parseLong(words[1]), words[2]);
        if (words[0].equals("checkpoint")) checkpoints.put(Long.parseLong(words[1]), words[2]);
        return words[0].equals("durable");
    }

    /** Holds the log to what was acknowledged, before any node opens it again. */
    void verify() {
        try (SqliteStore reading = SqliteStore.readOnly(directory.resolve("ifbus.db"))) {
            Verdict verdict = new Verifier(List.of(key.verifyKey()), Optional.empty()).verify(reading);
            verdict.fault().ifPresent(fault -> {
                throw new IllegalStateException("broken at seq " + fault.seq() + ": " + fault.what());
            });
            Map<Long, String> kept = new HashMap<>();
            reading.read(tx -> tx.query("SELECT e.seq, e.hash, s.hash FROM witness_entries e LEFT JOIN states s ON s.seq = e.seq", row -> {
                if (row.isNull(2) || !row.text(2).equals(row.text(1)))
                    throw new IllegalStateException("entry " + row.number(0) + " is there without its state");
                return kept.put(row.number(0), row.text(1));
            }));
            acknowledged.forEach((seq, hash) -> {
                if (!hash.equals(kept.get(seq))) throw new IllegalStateException("entry " + seq + " was acknowledged and is lost");
            });
            WitnessReader reader = new WitnessReader(reading);
            checkpoints.forEach((size, root) -> {
                if (!root.equals(HexFormat.of().formatHex(reader.root(size))))
                    throw new IllegalStateException("the tree is not that of the checkpoint " + size + " that was given out");
            });
        }
    }
}
