package org.infrafabric.escalate;

import java.time.Duration;
import java.util.List;

/**
 * How the rungs of experts are climbed (DESIGN §5). Who stands on which rung is the guard's to say.
 *
 * @param mode how the experts of one rung are called
 * @param deadline of one rung: then nobody of it is called any more, and the next one follows; who is just being asked may still press 1
 * @param attempts how often one expert is called within a rung, 1 or more; only busy, no answer, overload and the like are tried again
 * @param pause between two calls to the same expert
 * @param loops how often the whole ladder is gone through, 1 or more
 * @param last URIs of experts who are no part of the ladder: those of them whom the guard named ring together, once, when all else is spent
 */
public record RungRules(Mode mode, Duration deadline, int attempts, Duration pause, int loops, List<String> last) {
    /** How the experts of one rung are called. */
    public enum Mode {
        /** All at once; the first who presses 1 has the case, the others hear that it is taken. */
        PARALLEL,
        /** One after another, each when the one before came to nothing. */
        ORDER
    }

    public static final RungRules USUAL = new RungRules(Mode.PARALLEL, Duration.ofMinutes(2), 2, Duration.ofSeconds(3), 1, List.of());

    public RungRules {
        if (attempts < 1 || loops < 1) throw new IllegalArgumentException("attempts and loops are 1 or more");
        last = List.copyOf(last);
    }
}
