package org.infrafabric.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.infrafabric.media.AudioBridge;
import org.infrafabric.media.AudioPort;
import org.infrafabric.media.Pcm;
import org.infrafabric.media.SilentPort;
import org.infrafabric.time.HandTimers;
import org.junit.jupiter.api.Test;

class ConferenceTest {
    private static final Pcm HELLO = new Pcm(new short[8_000], 8_000);
    private static final Pcm GOODBYE = new Pcm(new short[4_000], 8_000);

    private final HandTimers timers = new HandTimers(Instant.parse("2026-11-21T12:00:00Z"));
    private final List<String> told = new ArrayList<>();
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private final List<Optional<CallFailure>> ended = new ArrayList<>();
    private final List<Port> ports = new ArrayList<>();
    private final List<PhoneLeg> legs = new ArrayList<>();
    private final List<Pcm> announced = new ArrayList<>();
    private boolean bridgeClosed;
    private boolean noTarget;
    private final Conference conference = new Conference(TRACE, new Phones(), new Bridge(), timers, timers, new Ears());

    @Test
    void shouldDialASeatAndPassOnWhatHappensToIt() throws IOException {
        Leg leg = seat(7);
        assertThat(leg.resumeToken()).isEqualTo("token");
        assertThat(legs.getFirst().dialled).isFalse();
        conference.dial(7);
        assertThat(legs.getFirst().dialled).isTrue();
        legs.getFirst().listener.onRinging(leg, 180);
        legs.getFirst().listener.onAnswered(leg);
        ports.getFirst().listener.onFirstPacket();
        ports.getFirst().listener.onDigit('1');
        legs.getFirst().end();
        ports.getFirst().listener.onDigit('2'); // on its way when the seat ended
        assertThat(told).containsExactly("ringing 7 180", "answered 7", "audio 7", "digit 7 1", "ended 7");
        assertThat(ports.getFirst().closed).isTrue();
        assertThat(conference.live()).isZero();
    }

    @Test
    void shouldHaveTheSignallingOfAllItsLegsUnderOneTrace() throws IOException {
        seat(7);
        conference.invite("sip:guest@test", new Ears());
        assertThat(legs).extracting(leg -> leg.order.traceId()).containsExactly(TRACE, TRACE);
    }

    @Test
    void shouldEndTheLegOfAPhoneThatFellSilentAndSayWhy() throws IOException {
        Leg leg = seat(7);
        conference.dial(7);
        legs.getFirst().listener.onAnswered(leg);
        ports.getFirst().listener.onSilence();
        assertThat(legs.getFirst().hungUp).isEqualTo("media-timeout");
        legs.getFirst().end();
        ports.getFirst().listener.onSilence(); // on its way when the seat ended
        assertThat(ended).containsExactly(Optional.of(CallFailure.MEDIA_TIMEOUT));
    }

    @Test
    void shouldSayLinesInTheOrderTheyWereAskedFor() throws IOException {
        seat(1);
        CompletableFuture<Pcm> slow = new CompletableFuture<>();
        conference.say(1, List.of(slow), said -> told.add("hello " + said));
        conference.say(1, List.of(CompletableFuture.completedFuture(GOODBYE)), said -> told.add("goodbye " + said));
        assertThat(ports.getFirst().played).isEmpty();
        slow.complete(HELLO);
        timers.settle();
        assertThat(ports.getFirst().played).containsExactly(HELLO, GOODBYE);
        ports.getFirst().finish();
        assertThat(told).containsExactly("hello SPOKEN", "goodbye SPOKEN");
    }

    @Test
    void shouldSoundAToneForAVoiceThatFailsOrIsLate() throws IOException {
        seat(1);
        conference.say(1, List.of(CompletableFuture.failedFuture(new IOException("no voice"))), said -> told.add("hello " + said));
        assertThat(ports.getFirst().played).containsExactly(Tones.NOTICE);
        CompletableFuture<Pcm> late = new CompletableFuture<>();
        conference.say(1, List.of(late), said -> told.add("goodbye " + said));
        timers.advance(Duration.ofSeconds(8));
        assertThat(ports.getFirst().played).containsExactly(Tones.NOTICE, Tones.NOTICE);
        late.complete(HELLO);
        timers.settle();
        assertThat(ports.getFirst().played).hasSize(2);
        ports.getFirst().finish();
        assertThat(told).containsExactly("hello TONE", "goodbye TONE");
    }

    @Test
    void shouldSayTheFirstSentenceWhileTheNextIsOnItsWay() throws IOException {
        seat(1);
        CompletableFuture<Pcm> slow = new CompletableFuture<>();
        conference.say(1, List.of(CompletableFuture.completedFuture(HELLO), slow), said -> told.add("both " + said));
        assertThat(ports.getFirst().played).containsExactly(HELLO);
        ports.getFirst().finish();
        assertThat(told).isEmpty();
        timers.advance(Duration.ofSeconds(7));
        slow.complete(GOODBYE);
        timers.settle();
        assertThat(ports.getFirst().played).containsExactly(HELLO, GOODBYE);
        ports.getFirst().finish();
        assertThat(told).containsExactly("both SPOKEN");
    }

    @Test
    void shouldNotGoOnAfterASentenceThatIsMissing() throws IOException {
        seat(1);
        conference.say(1, List.of(CompletableFuture.completedFuture(HELLO), CompletableFuture.failedFuture(new IOException("no voice")),
                CompletableFuture.completedFuture(GOODBYE)), said -> told.add("all " + said));
        assertThat(ports.getFirst().played).containsExactly(HELLO, Tones.NOTICE);
        ports.getFirst().finish();
        assertThat(told).containsExactly("all TONE");
    }

    @Test
    void shouldForgetWhatIsNotSaidYetWhenHushed() throws IOException {
        seat(1);
        CompletableFuture<Pcm> slow = new CompletableFuture<>();
        conference.say(1, List.of(slow), said -> told.add("over"));
        conference.hush(1);
        assertThat(told).containsExactly("over");
        slow.complete(HELLO);
        timers.settle();
        assertThat(ports.getFirst().played).isEmpty();
        assertThat(ports.getFirst().stopped).isTrue();
    }

    @Test
    void shouldPassOverWhoIsNotThere() {
        conference.say(9, List.of(CompletableFuture.completedFuture(HELLO)), said -> told.add("over"));
        conference.dial(9);
        conference.hush(9);
        conference.join(9);
        conference.hangUp(9, "bye");
        assertThat(told).containsExactly("over");
        assertThat(conference.leg(9)).isEmpty();
    }

    @Test
    void shouldFreeThePortOfACallThatCannotBeMade() {
        noTarget = true;
        assertThatThrownBy(() -> seat(1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(ports.getFirst().closed).isTrue();
        assertThat(conference.live()).isZero();
    }

    @Test
    void shouldFreeThePortOfACallThatCannotBeTaken() {
        assertThatThrownBy(() -> conference.take(1, "sage", new Unanswerable())).hasMessage("a fault of ours");
        assertThat(ports.getFirst().closed).isTrue();
        assertThat(conference.live()).isZero();
    }

    @Test
    void shouldAnnounceForAsLongAsItTakes() {
        conference.announce(CompletableFuture.completedFuture(HELLO), said -> told.add("over"));
        assertThat(announced).containsExactly(HELLO);
        timers.advance(Duration.ofMillis(999));
        assertThat(told).isEmpty();
        timers.advance(Duration.ofMillis(1));
        assertThat(told).containsExactly("over");
    }

    @Test
    void shouldHangUpOnWhoIsLeftWhenItCloses() throws IOException {
        seat(1);
        assertThat(conference.close("over")).isCompletedWithValue(Optional.empty());
        assertThat(legs.getFirst().hungUp).isEqualTo("over");
        assertThat(bridgeClosed).isTrue();
    }

    private Leg seat(int number) throws IOException { return conference.prepare(number, "expert", "sip:ada@test", "Escalation", Optional.empty()); }

    private final class Ears implements Conference.Listener {
        @Override
        public void onRinging(int seat, int status) { told.add("ringing " + seat + " " + status); }

        @Override
        public void onAnswered(int seat) { told.add("answered " + seat); }

        @Override
        public void onFirstPacket(int seat) { told.add("audio " + seat); }

        @Override
        public void onDigit(int seat, char digit) { told.add("digit " + seat + " " + digit); }

        @Override
        public void onEnded(int seat, LegEnd end) {
            told.add("ended " + seat);
            ended.add(end.failure());
        }
    }

    private static final class Unanswerable implements IncomingCall {
        @Override
        public String from() { return "sip:sage@test"; }

        @Override
        public String to() { return "sip:bus@test"; }

        @Override
        public String source() { return "127.0.0.1:5060"; }

        @Override
        public Optional<Provenance> provenance() { return Optional.empty(); }

        @Override
        public void ring() {}

        @Override
        public Leg answer(AudioPort audio, Leg.Listener listener) { throw new IllegalStateException("a fault of ours"); }

        @Override
        public void refuse(CallFailure why) {}

        @Override
        public void onCancelled(Runnable action) {}
    }

    private final class Phones implements Dialer {
        @Override
        public Leg prepare(CallOrder order, Leg.Listener listener) {
            if (noTarget) throw new IllegalArgumentException("no such scheme");
            PhoneLeg leg = new PhoneLeg(order, listener);
            legs.add(leg);
            return leg;
        }

        @Override
        public void endStray(String resumeToken) {}
    }

    private static final class PhoneLeg implements Leg {
        private final CallOrder order;
        private final Listener listener;
        private boolean dialled;
        private String hungUp = "";

        private PhoneLeg(CallOrder order, Listener listener) {
            this.order = order;
            this.listener = listener;
        }

        private void end() { listener.onEnded(this, new LegEnd(Optional.empty(), true, 0, "")); }

        @Override
        public String id() { return "call"; }

        @Override
        public String resumeToken() { return "token"; }

        @Override
        public AudioPort audio() { return order.audio(); }

        @Override
        public void dial() { dialled = true; }

        @Override
        public void hangUp(String reason) { hungUp = reason; }
    }

    private final class Bridge implements AudioBridge {
        @Override
        public AudioPort openPort(String name, AudioPort.Listener listener, Executor owner) {
            Port port = new Port(listener);
            ports.add(port);
            return port;
        }

        @Override
        public void announce(Pcm audio) { announced.add(audio); }

        @Override
        public void record(Tap tap) {}

        @Override
        public void close() { bridgeClosed = true; }
    }

    private static final class Port extends SilentPort {
        private final Listener listener;
        private final List<Pcm> played = new ArrayList<>();
        private final List<Runnable> waiting = new ArrayList<>();
        private boolean stopped;
        private boolean closed;

        private Port(Listener listener) {
            super(new InetSocketAddress(0));
            this.listener = listener;
        }

        private void finish() {
            waiting.forEach(Runnable::run);
            waiting.clear();
        }

        @Override
        public void play(Pcm audio, Runnable finished) {
            played.add(audio);
            waiting.add(finished);
        }

        @Override
        public void stopPlaying() { stopped = true; }

        @Override
        public void close() { closed = true; }
    }
}
