package org.infrafabric.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.witness.Checkpoint;
import org.infrafabric.witness.LogWatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code witness watch}: remembers the last checkpoint in a file and demands that each new one be consistent with it. */
@Command(name = "watch", mixinStandardHelpOptions = true,
        description = {"Follow a log and hold it to what it said before. Exit code 6 when it forked, shrank, or is signed by a stranger.",
            "The last checkpoint is kept in the state file, also from one run to the next. A bus that does not answer for a while is waited for."})
final class WatchCommand implements Callable<Integer> {
    @Option(names = "--state", required = true, paramLabel = "FILE",
            description = "Where the last checkpoint is kept.") private Path state = Path.of("");

    @Nullable
    @Option(names = "--server", paramLabel = "URL", converter = BusOption.Address.class,
            description = "A bus's HTTP address instead of a data directory.") private URI server;

    @Option(names = "--token", paramLabel = "T", defaultValue = "${env:IFBUS_TOKEN:-}", showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
            description = "A token of that bus (default: IFBUS_TOKEN).") private String token = "";

    @Option(names = "--key", paramLabel = "KEY",
            description = "The log's public key, ed25519:…, known from elsewhere (default: those that it says are its own).") private List<String> keys = List
                    .of();

    @Option(names = "--every", paramLabel = "DURATION", defaultValue = "PT10S",
            description = "How often to look (default: PT10S).") private Duration every = Duration
                    .ofSeconds(10);

    @Option(names = "--once", description = "Look once.") private boolean once;

    @Mixin private LogOption data = new LogOption();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws Exception {
        try (WatchedLog log = server == null ? WatchedLog.local(data) : WatchedLog.remote(server, token)) {
            if (look(log).alarming()) return ExitCode.LOG_BROKEN; // what cannot be watched at all is said at once
            while (!once) {
                Thread.sleep(every);
                try {
                    if (look(log).alarming()) return ExitCode.LOG_BROKEN;
                } catch (IOException away) {
                    Output.progress("ifbus: not seen this time: " + Failures.sentence(away));
                }
            }
            return ExitCode.DONE;
        }
    }

    private LogWatch.Outcome look(WatchedLog log) throws IOException {
        LogWatch watch = new LogWatch(keys.isEmpty() ? log.keys() : keys.stream().map(VerifyKey::parse).toList());
        Optional<Checkpoint> last = Files.exists(state) ? Optional.of(Checkpoint.parse(Files.readAllBytes(state))) : Optional.empty();
        Checkpoint now = log.checkpoint();
        LogWatch.Outcome outcome = compared(watch, last, now, log);
        String name = outcome.name().toLowerCase(Locale.ROOT);
        output.result(
                Output.object().put("outcome", name).put("origin", now.origin()).put("size", now.size()).put("before",
                        last.map(Checkpoint::size).orElse(0L)),
                name + ": " + now.origin() + " has " + now.size() + " entries" + last.map(before -> ", had " + before.size()).orElse(""));
        if (outcome.alarming()) keep(state.resolveSibling(state.getFileName() + ".alarm"), now); // both are needed to show what the log has done
        else keep(state, now);
        return outcome;
    }

    private static LogWatch.Outcome compared(LogWatch watch, Optional<Checkpoint> last, Checkpoint now, WatchedLog log) throws IOException {
        try {
            return last.isPresent() ? watch.compare(last.get(), now, log::consistency) : watch.first(now);
        } catch (UncheckedIOException away) {
            throw away.getCause();
        }
    }

    private static void keep(Path file, Checkpoint checkpoint) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, checkpoint.note().toString());
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
