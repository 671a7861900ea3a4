package org.infrafabric.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.infrafabric.message.SigningKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.Export;
import org.infrafabric.witness.MerkleTree;
import org.infrafabric.witness.Verdict;
import org.infrafabric.witness.Verifier;
import org.infrafabric.witness.WitnessLog;
import org.infrafabric.witness.WitnessReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code bench witness}: the log alone, with its real disk and its real signatures: how many entries a second become durable, how many are verified, and how
 * long one proof takes in a long log.
 */
@Command(name = "witness", mixinStandardHelpOptions = true,
        description = "Durable signed entries a second, verified entries a second, and one proof in a log of a million entries.")
final class WitnessBench implements Callable<Integer> {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final int IN_FLIGHT = 16_384;
    private static final int PROOFS = 1_000;

    @Option(names = "--seconds", defaultValue = "20",
            description = "How long entries are written after as long a warming up, at most 20 s (default: 20).") private int seconds;

    @Option(names = "--entries", defaultValue = "1000000",
            description = "Length of the log in which proofs are made (default: 1000000).") private long entries;

    @Option(names = "--dir", description = "Where the log is written (default: a temporary directory); the disk decides.") private Path folder = Path
            .of(System.getProperty("java.io.tmpdir"));

    @Option(names = "--json", description = "Print the figures as one JSON object on the last line of stdout.") private boolean json;

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createTempDirectory(folder, "ifbus-bench-witness");
        try {
            return measure(directory);
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) Files.delete(file);
            }
        }
    }

    private int measure(Path directory) throws Exception {
        SigningKey key = SigningKey.generate();
        Path database = directory.resolve("ifbus.db"), export = directory.resolve("log.jsonl");
        ObjectNode result = JsonMapper.shared().createObjectNode().put("machine", Machine.described());
        try (SqliteStore store = SqliteStore.open(database); WitnessLog log = WitnessLog.open(store, "bench", key, Clock.systemUTC())) {
            say("warming up …");
            append(log, TimeUnit.SECONDS.toNanos(Math.min(20, seconds)), Long.MAX_VALUE);
            long cpu = Machine.cpuNanos(), before = log.reader().count();
            say("writing for " + seconds + " s …");
            double written = append(log, TimeUnit.SECONDS.toNanos(seconds), Long.MAX_VALUE);
            result.put("durablePerSecond", Math.round(written));
            print("durable signed entries", written, (Machine.cpuNanos() - cpu) / (log.reader().count() - before));
            say("lengthening the log to " + entries + " entries …");
            append(log, Long.MAX_VALUE, entries - log.reader().count());
            result.set("proof", proofs(log.reader(), "one proof in a log of " + log.reader().count() + " entries, in the node"));
            result.set("proofBeside", proofs(new WitnessReader(store), "the same in another process, which has to find the tree's edge"));
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(export), 1 << 20)) {
                Export.jsonLines(log.reader(), out);
            }
        }
        say("verifying …");
        boolean whole = true;
        for (int round = 0; round < 2; round++) { // the first warms up
            long began = System.nanoTime(), cpu = Machine.cpuNanos();
            Verdict verdict = verified(export, key);
            double rate = verdict.entries() / ((System.nanoTime() - began) / 1e9);
            whole &= verdict.intact() && verdict.proven();
            result.put("verifiedPerSecond", Math.round(rate));
            if (round == 1) print("entries verified from an export", rate, (Machine.cpuNanos() - cpu) / verdict.entries());
        }
        if (json) System.out.println(result.put("whole", whole));
        return whole ? 0 : 1;
    }

    private static Verdict verified(Path export, SigningKey key) throws IOException {
        try (InputStream in = Files.newInputStream(export)) {
            return new Verifier(List.of(key.verifyKey()), Optional.empty()).verify(in);
        }
    }

    /** Appends for so long, or so many; gives the rate at which entries became durable. */
    private static double append(WitnessLog log, long nanos, long most) throws InterruptedException {
        Semaphore free = new Semaphore(IN_FLIGHT);
        AtomicLong durable = new AtomicLong(), failed = new AtomicLong();
        long began = System.nanoTime();
        for (long i = 0; i < most && System.nanoTime() - began < nanos; i++) {
            free.acquire();
            var unused = log.append(Change.of(draft(i))).whenComplete((done, failure) -> {
                (failure == null ? durable : failed).incrementAndGet();
                free.release();
            });
        }
        free.acquire(IN_FLIGHT);
        if (failed.get() > 0) throw new IllegalStateException(failed + " entries could not be written");
        return durable.get() / ((System.nanoTime() - began) / 1e9);
    }

    /** About as long as an entry of a call is. */
    private static Draft draft(long number) {
        ObjectNode payload = JsonMapper.shared().createObjectNode().put("escalation", "esc-" + number % 1_000).put("leg", number % 7)
                .put("role", "expert")
                .put("party", "Dr. Noor").put("uri", "sip:expert-safety@127.0.0.1:5080").put("attempt", 1);
        return new Draft(EventType.CALL_PLACED, TRACE, payload);
    }

    private static ObjectNode proofs(WitnessReader reader, String what) {
        long size = reader.count();
        Random random = new Random(1);
        long[] nanos = new long[PROOFS];
        byte[] root = reader.root(size);
        for (int i = 0; i < PROOFS; i++) {
            long seq = 1 + random.nextLong(size), old = 1 + random.nextLong(size);
            long began = System.nanoTime();
            List<byte[]> path = i % 2 == 0 ? reader.inclusionProof(seq, size) : reader.consistencyProof(old, size);
            nanos[i] = System.nanoTime() - began;
            if (i % 2 == 1 && !MerkleTree.isConsistent(old, reader.root(old), size, root, path))
                throw new IllegalStateException("a proof does not hold");
        }
        Arrays.sort(nanos);
        double median = nanos[PROOFS / 2] / 1e6, p99 = nanos[PROOFS * 99 / 100] / 1e6, worst = nanos[PROOFS - 1] / 1e6;
        System.out.println(String.format(Locale.ROOT, "%s: median %.2f ms, p99 %.2f ms, worst %.2f ms", what, median, p99, worst));
        return JsonMapper.shared().createObjectNode().put("size", size).put("medianMillis", median).put("p99Millis", p99).put("worstMillis", worst);
    }

    private static void print(String what, double rate, long cpuNanosEach) {
        System.out.println(String.format(Locale.ROOT, "%s: %,.0f a second, %.1f µs of CPU each", what, rate, cpuNanosEach / 1e3));
    }

    private static void say(String what) { System.err.println("bench: " + what); }
}
