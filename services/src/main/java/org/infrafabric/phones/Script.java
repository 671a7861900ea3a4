package org.infrafabric.phones;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.infrafabric.media.Pcm;

/**
 * What a phone does without anybody touching it: how it takes a call, and the steps once the call stands. Immutable; each method gives a longer one:
 * {@code Script.answer(ofSeconds(2)).listen(ofMillis(700), ofSeconds(15)).press("1").repeat(tone)}.
 *
 * @param pickup what it does with a call that comes in
 * @param after how long it rings before that
 * @param steps in order, from the moment the call stands
 */
public record Script(Pickup pickup, Duration after, List<Step> steps) {
    /** How a call that comes in is taken. */
    public enum Pickup {
        ANSWER, BUSY, DECLINE,
        /** Rings until the caller gives up. */
        NEVER
    }

    /** One thing that a phone does. */
    public sealed interface Step {
        record Pause(Duration length) implements Step {}

        /** One key: 0-9, *, #, A-D. */
        record Press(char digit) implements Step {}

        /** The next step follows when it has been said. */
        record Say(Pcm sound) implements Step {}

        /** Says it again and again from now on; the next step follows at once. */
        record Repeat(Pcm sound) implements Step {}

        /** Waits until it has heard something and then nothing for {@code quiet}; no longer than {@code atMost}. */
        record Listen(Duration quiet, Duration atMost) implements Step {}

        record HangUp() implements Step {}
    }

    public Script {
        steps = List.copyOf(steps);
    }

    public static Script answer(Duration after) { return new Script(Pickup.ANSWER, after, List.of()); }

    public static Script busy() { return new Script(Pickup.BUSY, Duration.ZERO, List.of()); }

    public static Script decline(Duration after) { return new Script(Pickup.DECLINE, after, List.of()); }

    public static Script never() { return new Script(Pickup.NEVER, Duration.ZERO, List.of()); }

    public Script pause(Duration length) { return then(new Step.Pause(length)); }

    /** @param digits one after another, at the pace of a finger */
    public Script press(String digits) {
        Script longer = this;
        for (char digit : digits.toCharArray())
            longer = longer.then(new Step.Press(digit));
        return longer;
    }

    /** @param sound 8000 samples a second */
    public Script say(Pcm sound) { return then(new Step.Say(sound)); }

    /** @param sound 8000 samples a second, at least 20 ms of it */
    public Script repeat(Pcm sound) { return then(new Step.Repeat(sound)); }

    public Script listen(Duration quiet, Duration atMost) { return then(new Step.Listen(quiet, atMost)); }

    public Script hangUp() { return then(new Step.HangUp()); }

    public Script then(Step step) {
        if (step instanceof Step.Press(char digit) && "0123456789*#ABCD".indexOf(digit) < 0) throw new IllegalArgumentException("no key: " + digit);
        List<Step> longer = new ArrayList<>(steps);
        longer.add(step);
        return new Script(pickup, after, longer);
    }
}
