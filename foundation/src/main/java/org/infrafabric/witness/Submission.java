package org.infrafabric.witness;

import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** What the log knows of one witness: what it has cosigned last, and when to ask again. No socket, no clock: it is told what was answered, and when. */
final class Submission {
    private static final long FIRST_PAUSE_NANOS = 1_000_000_000L;
    private static final long LONGEST_PAUSE_NANOS = 300_000_000_000L;

    private final NoteKey witness;
    private long cosigned;             // size that the witness says it has seen; 0 until it says
    private long pauseNanos = FIRST_PAUSE_NANOS;
    private long notBeforeNanos;
    private boolean waiting;

    Submission(NoteKey witness) { this.witness = witness; }

    NoteKey witness() { return witness; }

    /** False while a witness that failed is left alone. */
    boolean due(long nowNanos) { return !waiting || nowNanos - notBeforeNanos >= 0; }

    /** The request to send; empty when the witness has seen more than there is: it remembers another log of our name. */
    Optional<AddCheckpoint> request(Checkpoint checkpoint, BiFunction<Long, Long, List<byte[]>> proof) {
        if (cosigned > checkpoint.size()) return Optional.empty();
        List<byte[]> path = cosigned == 0 || cosigned == checkpoint.size() ? List.of() : proof.apply(cosigned, checkpoint.size());
        return Optional.of(new AddCheckpoint(cosigned, path, checkpoint));
    }

    /**
     * The witness has answered; gives its cosignature if that is what it was, and if it holds. After a 409 the same checkpoint may be sent again at once, once.
     */
    Optional<SignedNote.Signature> on(int status, String body, Checkpoint checkpoint, long nowNanos) {
        if (status == 200) {
            try {
                for (SignedNote.Signature line : SignedNote.lines(body)) {
                    if (!line.isOf(witness) || checkpoint.with(line).cosignedBy(witness).isEmpty()) continue;
                    cosigned = checkpoint.size();
                    pauseNanos = FIRST_PAUSE_NANOS;
                    waiting = false;
                    return Optional.of(line);
                }
            } catch (IllegalArgumentException notOurs) {
                failed(nowNanos);
                return Optional.empty();
            }
        }
        if (status == 409 && body.matches("(0|[1-9][0-9]{0,17})\n")) cosigned = Long.parseLong(body.strip());
        failed(nowNanos);
        return Optional.empty();
    }

    /** It did not answer, or not as it should. */
    void failed(long nowNanos) {
        waiting = true;
        notBeforeNanos = nowNanos + pauseNanos;
        pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
    }
}
