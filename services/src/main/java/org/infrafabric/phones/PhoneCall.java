package org.infrafabric.phones;

import java.time.Duration;
import org.infrafabric.call.CallFailure;
import org.infrafabric.media.Pcm;
import org.infrafabric.time.Timers;
import org.jspecify.annotations.Nullable;

/**
 * One call at a phone: takes it as the script says, then goes through the script's steps, while a hand may interfere at any time. Owns no socket
 * and no thread: it is told what happened and says what to do through {@link Line}. One owner calls it.
 */
final class PhoneCall {
    enum State {
        RINGING,
        /** Answered here or dialled by us; not confirmed by the other side. */
        TAKEN, UP, ENDED
    }

    /** What a call asks of the world. */
    interface Line {
        void answer();

        void refuse(CallFailure why);

        /** {@code finished} runs on the owner's thread, also when the playing was stopped. */
        void play(Pcm sound, Runnable finished);

        void stopPlaying();

        void press(char digit);

        void hangUp();

        /** 20 ms ticks with sound so far. */
        long loudTicks();

        /** 20 ms ticks since the last sound. */
        long quietTicks();
    }

    /** A tone of 100 ms and a gap as long as a quick finger's; RFC 4733 asks for 40 ms at least. */
    static final Duration PRESS = Duration.ofMillis(220);
    private static final Duration LOOK = Duration.ofMillis(100);
    /** Less is a click, no speech. */
    private static final int SOME_TICKS = 10;
    private static final int TICK_MILLIS = 20;

    private final Script script;
    private final Line line;
    private final Timers timers;
    private State state = State.RINGING;
    private int next;
    private int playing;
    private Timers.@Nullable Timer waiting;

    PhoneCall(Script script, Line line, Timers timers) {
        this.script = script;
        this.line = line;
        this.timers = timers;
    }

    State state() { return state; }

    /** It rings here. */
    void onIncoming() {
        if (script.pickup() == Script.Pickup.NEVER) return;
        if (script.after().isZero()) take();
        else wait(script.after(), this::take);
    }

    /** We call; it is for the other side to answer. */
    void onDialled() { state = State.TAKEN; }

    /** The call stands, in either direction. */
    void onUp() {
        if (state == State.ENDED || state == State.UP) return;
        state = State.UP;
        step();
    }

    /** Over, whoever ended it. */
    void onEnded() {
        state = State.ENDED;
        playing++;
        if (waiting != null) waiting.cancel();
    }

    /** Takes the call now, whatever the script says. */
    void answer() {
        if (state != State.RINGING) return;
        if (waiting != null) waiting.cancel();
        state = State.TAKEN;
        line.answer();
    }

    void press(char digit) {
        if (state == State.UP) line.press(digit);
    }

    void say(Pcm sound) {
        quiet();
        if (state == State.UP) line.play(sound, () -> {});
    }

    void repeat(Pcm sound) {
        quiet();
        if (state == State.UP) again(sound, playing);
    }

    /** Ends what is being said. */
    void quiet() {
        playing++;
        if (state == State.UP) line.stopPlaying();
    }

    void hangUp() {
        if (state == State.ENDED) return;
        if (waiting != null) waiting.cancel();
        if (state == State.RINGING) line.refuse(CallFailure.DECLINED);
        else line.hangUp();
    }

    private void take() {
        switch (script.pickup()) {
            case ANSWER -> answer();
            case BUSY -> line.refuse(CallFailure.BUSY);
            case DECLINE -> line.refuse(CallFailure.DECLINED);
            case NEVER -> {}
        }
    }

    private void step() {
        if (state != State.UP || next == script.steps().size()) return;
        switch (script.steps().get(next++)) {
            case Script.Step.Pause(Duration length) -> wait(length, this::step);
            case Script.Step.Press(char digit) -> {
                line.press(digit);
                wait(PRESS, this::step);
            }
            case Script.Step.Say(Pcm sound) -> {
                quiet();
                line.play(sound, this::step);
            }
            case Script.Step.Repeat(Pcm sound) -> {
                repeat(sound);
                step();
            }
            case Script.Step.Listen(Duration quiet, Duration atMost) ->
                listen(line.loudTicks(), quiet.toMillis() / TICK_MILLIS, timers.nowNanos() + atMost.toNanos());
            case Script.Step.HangUp() -> hangUp();
        }
    }

    private void listen(long loudBefore, long quietTicks, long untilNanos) {
        boolean heard = line.loudTicks() - loudBefore >= SOME_TICKS && line.quietTicks() >= quietTicks;
        if (heard || timers.nowNanos() - untilNanos >= 0) step();
        else wait(LOOK, () -> listen(loudBefore, quietTicks, untilNanos));
    }

    private void again(Pcm sound, int turn) {
        line.play(sound, () -> {
            if (state == State.UP && playing == turn) again(sound, turn);
        });
    }

    private void wait(Duration length, Runnable then) { waiting = timers.after(length, then); }
}
