package org.infrafabric.witness;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.infrafabric.message.TraceIds;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Has the log's checkpoints cosigned by its witnesses, a round at a time. A round that gets fewer cosignatures than the policy asks for harms nobody: its
 * checkpoint is given out and said to lack them, and an entry says when that began and when it was over.
 */
public final class Cosigning implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Cosigning.class);

    /** Brings a request to a witness. Called on virtual threads; may block, within bounds. */
    @FunctionalInterface
    public interface Courier {
        /** Posts {@code body} to the witness's {@code add-checkpoint}. Throws {@link IOException} when no answer came. */
        Cosigner.Answer post(NoteKey witness, byte[] body) throws IOException;
    }

    private final WitnessLog log;
    private final CosignPolicy policy;
    private final Courier courier;
    private final LongSupplier nanoClock;
    private final RandomGenerator traces;
    private final List<Submission> submissions;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile @Nullable Checkpoint published;
    private volatile int cosignatures;
    private boolean enough = true;      // the round's own

    /**
     * @param nanoClock paces the asking of witnesses that failed
     * @param traces for the ids of the entries that tell of it
     */
    public Cosigning(WitnessLog log, CosignPolicy policy, Courier courier, LongSupplier nanoClock, RandomGenerator traces) {
        this.log = log;
        this.policy = policy;
        this.courier = courier;
        this.nanoClock = nanoClock;
        this.traces = traces;
        this.submissions = policy.witnesses().stream().map(Submission::new).toList();
    }

    /** For a log that nobody cosigns. */
    public static Cosigning none(WitnessLog log) {
        return new Cosigning(log, CosignPolicy.NONE, (witness, body) -> {
            throw new IOException("nobody is asked");
        }, System::nanoTime, RandomGenerator.getDefault());
    }

    public CosignPolicy policy() { return policy; }

    /** The newest checkpoint that went to the witnesses, with what cosignatures it has; where there are none, one that is signed now. */
    public Checkpoint newest() {
        Checkpoint last = published;
        return last == null ? log.checkpoint() : last;
    }

    /** The newest with all the cosignatures that the policy asks for; empty while there is none. */
    public Optional<Checkpoint> newestCosigned() {
        return policy.need() == 0 ? Optional.of(newest()) : log.reader().keptCheckpoint(policy.need());
    }

    /** Cosignatures of the newest checkpoint. */
    public int cosignatures() { return cosignatures; }

    /** Runs rounds on a thread of its own until closed. */
    public void start(Duration every) {
        if (submissions.isEmpty()) return;
        var unused = Thread.ofVirtual().name("cosigning").start(() -> {
            try {
                do {
                    round();
                } while (!stopping.await(every.toMillis(), TimeUnit.MILLISECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Brings what the log has come to to every witness that has not cosigned it yet and is not left alone for having failed. */
    public void round() throws InterruptedException {
        Checkpoint now = log.checkpoint(), last = published;
        if (now.size() == 0) return;
        if (last != null && last.sameTree(now)) now = last;
        if (policy.count(now) == submissions.size()) return;
        Checkpoint asked = now;
        List<SignedNote.Signature> given = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Optional<SignedNote.Signature>>> answers = new ArrayList<>();
            for (Submission submission : submissions)
                if (asked.cosignedBy(submission.witness()).isEmpty() && submission.due(nanoClock.getAsLong()))
                    answers.add(threads.submit(() -> ask(submission, asked)));
            for (Future<Optional<SignedNote.Signature>> answer : answers) {
                try {
                    answer.get().ifPresent(given::add);
                } catch (ExecutionException e) {
                    LOG.warn("a witness could not be asked", e.getCause());
                }
            }
        }
        for (SignedNote.Signature signature : given) now = now.with(signature);
        publish(now);
    }

    private Optional<SignedNote.Signature> ask(Submission submission, Checkpoint checkpoint) {
        for (int attempt = 0; attempt < 2; attempt++) {
            Optional<AddCheckpoint> request = submission.request(checkpoint, log.reader()::consistencyProof);
            if (request.isEmpty()) {
                LOG.error("witness {} remembers more entries of this log than it has: it was shown another log of this name, or entries were lost",
                        submission.witness().name());
                submission.failed(nanoClock.getAsLong());
                return Optional.empty();
            }
            try {
                Cosigner.Answer answer = courier.post(submission.witness(), request.get().bytes());
                Optional<SignedNote.Signature> signature = submission.on(answer.status(), answer.body(), checkpoint, nanoClock.getAsLong());
                if (signature.isPresent() || answer.status() != 409) {
                    if (signature.isEmpty()) refused(submission.witness(), answer);
                    return signature;
                }
            } catch (IOException e) {
                LOG.warn("witness {} does not answer: {}", submission.witness().name(),
                        e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
                submission.failed(nanoClock.getAsLong());
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** C2SP tlog-witness: which keys it takes for a log's own is for the witness's operator to say, so nobody here can mend a 403. */
    private void refused(NoteKey witness, Cosigner.Answer answer) {
        if (answer.status() == 403)
            LOG.warn("witness {} does not trust the key that signs this log now; its operator has to put {} in the old one's place",
                    witness.name(), NoteKey.log(log.name().origin(), log.signer().verifyKey()).vkey());
        else
            LOG.warn("witness {} cosigns nothing: it answers {}", witness.name(), told(answer));
    }

    private static String told(Cosigner.Answer answer) {
        String body = answer.body().strip().replaceAll("\\p{Cntrl}", " ");
        return String.format(Locale.ROOT, "%d %s", answer.status(), body.length() > 120 ? body.substring(0, 120) + "…" : body);
    }

    private void publish(Checkpoint checkpoint) {
        int count = policy.count(checkpoint);
        published = checkpoint;
        cosignatures = count;
        if (count > 0) {
            var unused = log.keep(checkpoint, count);
        }
        if (enough == count >= policy.need()) return;
        enough = !enough;
        var payload = JsonNodeFactory.instance.objectNode().put("size", checkpoint.size()).put("cosignatures", count).put("needed", policy.need());
        EventType event = enough ? EventType.COSIGNING_RESTORED : EventType.COSIGNING_SHORT;
        var unused = log.append(Change.of(new Draft(event, TraceIds.random(traces), payload)));
    }

    /** Ends the rounds; one that runs comes to its end. */
    @Override
    public void close() { stopping.countDown(); }
}
