package org.infrafabric.sim;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** The one source of chance in a world. */
final class Dice {
    private final SplittableRandom random;

    Dice(SplittableRandom random) { this.random = random; }

    /** True so many times in a hundred. */
    boolean percent(int chance) { return random.nextInt(100) < chance; }

    int below(int bound) { return random.nextInt(bound); }

    /** Both in milliseconds, the second excluded. */
    Duration between(long least, long most) {
        return Duration.ofMillis(random.nextLong(least, most));
    }

    <T> T one(List<T> of) { return of.get(random.nextInt(of.size())); }

    char one(String of) { return of.charAt(random.nextInt(of.length())); }
}
