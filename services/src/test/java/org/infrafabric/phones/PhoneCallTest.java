package org.infrafabric.phones;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.infrafabric.call.CallFailure;
import org.infrafabric.media.Pcm;
import org.infrafabric.time.HandTimers;
import org.junit.jupiter.api.Test;

class PhoneCallTest {
    private static final Pcm WORDS = new Pcm(new short[8000], 8000);
    private static final Pcm OTHER = new Pcm(new short[1600], 8000);

    private final HandTimers time = new HandTimers(Instant.parse("2026-01-01T00:00:00Z"));
    private final Wire wire = new Wire();

    /** Writes down what the call asks for; what is played takes as long as it lasts. */
    private final class Wire implements PhoneCall.Line {
        final List<String> asked = new ArrayList<>();
        long loudTicks;
        long quietTicks;
        private final List<Runnable> unfinished = new ArrayList<>();

        @Override
        public void answer() { asked.add("answer"); }

        @Override
        public void refuse(CallFailure why) { asked.add("refuse " + why.label()); }

        @Override
        public void play(Pcm sound, Runnable finished) {
            asked.add(sound == WORDS ? "words" : "other");
            Runnable once = new Runnable() {
                @Override
                public void run() { if (unfinished.remove(this)) finished.run(); }
            };
            unfinished.add(once);
            time.after(ofMillis(sound.durationMillis()), once);
        }

        @Override
        public void stopPlaying() { List.copyOf(unfinished).forEach(time::execute); }

        @Override
        public void press(char digit) { asked.add("press " + digit); }

        @Override
        public void hangUp() { asked.add("hang up"); }

        @Override
        public long loudTicks() { return loudTicks; }

        @Override
        public long quietTicks() { return quietTicks; }

        List<String> since() {
            List<String> copy = List.copyOf(asked);
            asked.clear();
            return copy;
        }
    }

    private PhoneCall ringing(Script script) {
        PhoneCall call = new PhoneCall(script, wire, time);
        call.onIncoming();
        return call;
    }

    private PhoneCall up(Script script) {
        PhoneCall call = new PhoneCall(script, wire, time);
        call.onUp();
        return call;
    }

    private List<String> after(Duration step) {
        time.advance(step);
        return wire.since();
    }

    @Test
    void shouldAnswerAfterRingingForAsLongAsItWasTold() {
        PhoneCall call = ringing(Script.answer(ofSeconds(3)));
        assertThat(after(ofMillis(2999))).isEmpty();
        assertThat(after(ofMillis(1))).containsExactly("answer");
        assertThat(call.state()).isEqualTo(PhoneCall.State.TAKEN);
    }

    @Test
    void shouldTakeCallsInTheOtherWays() {
        ringing(Script.busy());
        assertThat(wire.since()).containsExactly("refuse busy");
        ringing(Script.decline(ofSeconds(1)));
        assertThat(after(ofSeconds(1))).containsExactly("refuse declined");
        ringing(Script.never());
        assertThat(after(Duration.ofDays(1))).isEmpty();
    }

    @Test
    void shouldNotAnswerWhatHasBeenGivenUp() {
        PhoneCall call = ringing(Script.answer(ofSeconds(3)));
        call.onEnded();
        assertThat(after(ofSeconds(10))).isEmpty();
        assertThat(time.pending()).isZero();
    }

    @Test
    void shouldAnswerByHandOnce() {
        PhoneCall call = ringing(Script.answer(ofSeconds(3)));
        call.answer();
        call.answer();
        assertThat(after(ofSeconds(10))).containsExactly("answer");
    }

    @Test
    void shouldGoThroughItsStepsInOrder() {
        up(Script.answer(Duration.ZERO).pause(ofSeconds(1)).press("1#").say(WORDS).say(OTHER).hangUp());
        assertThat(after(ofMillis(999))).isEmpty();
        assertThat(after(ofMillis(1))).containsExactly("press 1");
        assertThat(after(PhoneCall.PRESS)).containsExactly("press #");
        assertThat(after(PhoneCall.PRESS)).containsExactly("words");
        assertThat(after(ofMillis(999))).isEmpty();
        assertThat(after(ofMillis(1))).containsExactly("other");
        assertThat(after(ofMillis(200))).containsExactly("hang up");
    }

    @Test
    void shouldRepeatUntilSomethingElseIsSaid() {
        PhoneCall call = up(Script.answer(Duration.ZERO).repeat(WORDS).press("1"));
        assertThat(wire.since()).containsExactly("words", "press 1");
        assertThat(after(ofMillis(2500))).containsExactly("words", "words");
        call.say(OTHER);
        assertThat(after(ofSeconds(5))).containsExactly("other");
        call.repeat(WORDS);
        call.quiet();
        assertThat(after(ofSeconds(5))).containsExactly("words");
        call.repeat(WORDS);
        call.onEnded();
        assertThat(after(ofSeconds(5))).containsExactly("words");
    }

    @Test
    void shouldListenUntilTheOtherSideHasSpoken() {
        up(Script.answer(Duration.ZERO).listen(ofMillis(700), ofSeconds(15)).press("1"));
        wire.quietTicks = 100;                       // nothing said yet: quiet alone is not enough
        assertThat(after(ofSeconds(2))).isEmpty();
        wire.loudTicks = 60;
        wire.quietTicks = 0;                         // it speaks
        assertThat(after(ofSeconds(2))).isEmpty();
        wire.quietTicks = 34;
        assertThat(after(ofMillis(100))).isEmpty();
        wire.quietTicks = 35;
        assertThat(after(ofMillis(100))).containsExactly("press 1");
    }

    @Test
    void shouldNotListenForEver() {
        up(Script.answer(Duration.ZERO).listen(ofMillis(700), ofSeconds(15)).hangUp());
        assertThat(after(ofMillis(14_900))).isEmpty();
        assertThat(after(ofMillis(100))).containsExactly("hang up");
    }

    @Test
    void shouldHangUpInTheWayItsStateAsksFor() {
        ringing(Script.never()).hangUp();
        assertThat(wire.since()).containsExactly("refuse declined");
        PhoneCall dialled = new PhoneCall(Script.never(), wire, time);
        dialled.onDialled();
        dialled.hangUp();
        assertThat(wire.since()).containsExactly("hang up");
        PhoneCall call = up(Script.never());
        call.hangUp();
        assertThat(wire.since()).containsExactly("hang up");
        call.onEnded();
        call.hangUp();
        call.press('1');
        call.say(WORDS);
        assertThat(wire.since()).isEmpty();
    }

    @Test
    void shouldDoNothingMoreWhenTheCallEndsAmidItsSteps() {
        PhoneCall call = up(Script.answer(Duration.ZERO).say(WORDS).press("1"));
        wire.since();
        call.onEnded();
        assertThat(after(ofSeconds(5))).isEmpty();
    }

    @Test
    void shouldRefuseKeysThatNoPhoneHas() {
        assertThatThrownBy(() -> Script.never().press("1x")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("x");
    }
}
