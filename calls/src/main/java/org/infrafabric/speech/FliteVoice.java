package org.infrafabric.speech;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.infrafabric.media.Pcm;

/**
 * Speech by the flite program, where it is installed. The text goes to it in a file, never on a command line and never through a shell;
 * each process is bounded in time, runs
 * behind the bus's own work where there is {@code nice}, and no more than every second core is given to it. Reads English.
 */
public final class FliteVoice implements Voice {
    /** Its voices read as to children; a tenth faster is how people talk on the phone. */
    private static final String PACE = "duration_stretch=0.9";

    private static final int RATE = 8000;
    /** A good voice takes 12 ms of a core for a second of speech: dozens at once would take it from the calls that are up. */
    private static final int MOST_AT_ONCE = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    private static final List<String> BEHIND = Files.isExecutable(Path.of("/usr/bin/nice")) ? List.of("/usr/bin/nice", "-n", "10") : List.of();
    /** Somebody listens to silence meanwhile, and the next voice may speak at once. */
    private static final Duration PATIENCE = Duration.ofMillis(700);
    private static final int LONGEST_SECONDS = 300;
    private static final long MOST_BYTES = 16L << 20;
    private static final int MOST_WORDS_OF_FAILURE = 200;

    private final Path program;
    private final String voice;
    private final Duration timeout;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE, true);

    FliteVoice(Path program, String voice, Duration timeout) {
        if (!voice.matches("[A-Za-z0-9_]{1,40}"))
            throw new IllegalArgumentException("speech: '" + voice + "' is no name of a flite voice; try 'flite -lv'");
        this.program = program;
        this.voice = voice;
        this.timeout = timeout;
    }

    /** The program that the settings name, if it is there: an absolute path, or a name on {@code PATH}. */
    public static Optional<FliteVoice> find(VoiceSettings settings) {
        Path named = Path.of(settings.flite());
        if (named.isAbsolute())
            return Files.isExecutable(named) ? Optional.of(new FliteVoice(named, settings.fliteVoice(), settings.timeout())) : Optional.empty();
        for (String folder : Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator)) {
            Path program = Path.of(folder).resolve(named);
            if (program.isAbsolute() && Files.isRegularFile(program) && Files.isExecutable(program))
                return Optional.of(new FliteVoice(program, settings.fliteVoice(), settings.timeout()));
        }
        return Optional.empty();
    }

    @Override
    public CompletableFuture<Pcm> speak(String text) {
        CompletableFuture<Pcm> speech = new CompletableFuture<>();
        Thread.ofVirtual().name("voice-flite").start(() -> {
            try {
                speech.complete(render(SpokenText.english(text)));
            } catch (IOException | RuntimeException failure) {
                speech.completeExceptionally(failure instanceof IOException ? failure : new IOException("flite: " + failure, failure));
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                speech.completeExceptionally(new IOException("flite: interrupted", stop));
            }
        });
        return speech;
    }

    /** Never more than its patience: then the next voice speaks. */
    @Override
    public long behindMillis() { return places.hasQueuedThreads() ? PATIENCE.toMillis() : 0; }

    @Override
    public String name() { return "flite"; }

    private Pcm render(String text) throws IOException, InterruptedException {
        if (!places.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
            throw new IOException("flite: busy, no place within " + PATIENCE.toMillis() + " ms");
        try {
            Path folder = Files.createTempDirectory("ifbus-flite"); // readable by us alone
            try {
                return render(text, folder);
            } finally {
                for (String name : List.of("text", "speech.wav", "errors"))
                    Files.deleteIfExists(folder.resolve(name));
                Files.deleteIfExists(folder);
            }
        } finally {
            places.release();
        }
    }

    private Pcm render(String text, Path folder) throws IOException, InterruptedException {
        Path input = Files.writeString(folder.resolve("text"), text + "\n", StandardCharsets.US_ASCII);
        Path output = folder.resolve("speech.wav");
        Path errors = folder.resolve("errors");
        List<String> command = new ArrayList<>(BEHIND);
        command.addAll(List.of(program.toString(), "-voice", voice, "-f", input.toString(), "-o", output.toString(), "--setf", PACE));
        ProcessBuilder flite = new ProcessBuilder(command);
        flite.environment().clear();
        flite.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null"))).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(errors.toFile());
        Process process = flite.start();
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS))
                throw new IOException("flite: not done within " + timeout.toSeconds() + " s");
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0 || !Files.exists(output)) throw new IOException("flite: exit status " + process.exitValue() + words(errors));
        if (Files.size(output) > MOST_BYTES) throw new IOException("flite: more than " + MOST_BYTES + " bytes of speech");
        return Resampler.to(RATE, Wav.read(Files.readAllBytes(output), LONGEST_SECONDS));
    }

    private static String words(Path errors) throws IOException {
        try (var in = Files.newInputStream(errors)) {
            String words = new String(in.readNBytes(MOST_WORDS_OF_FAILURE), StandardCharsets.ISO_8859_1).replaceAll("[^\\x20-\\x7e]+", " ").strip();
            return words.isEmpty() ? "" : ", '" + words + "'";
        }
    }
}
