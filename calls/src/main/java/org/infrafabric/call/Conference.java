package org.infrafabric.call;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.infrafabric.media.AudioBridge;
import org.infrafabric.media.AudioPort;
import org.infrafabric.media.Pcm;
import org.infrafabric.record.Recording;
import org.infrafabric.time.Timers;
import org.jspecify.annotations.Nullable;

/**
 * Legs on one audio bridge, whatever protocol brings them: dials and takes them, says things to them, lets them into the mix, records. It knows nothing of why.
 *
 * <p>All methods are called on the owner's thread, and so is the listener. Whoever it does not know any more is passed over in silence: a word to one who has
 * just hung up is no error.
 */
public final class Conference {
    /** What happens to the seats, which the owner numbers. After {@link #onEnded} nothing more comes of a seat. */
    public interface Listener {
        /** The leg is about to be called in another way; {@code kept} runs when the token that ends it after a restart is safe. See {@link Leg.Listener#onTokenChanged}. */
        default void onTokenChanged(int seat, String token, Runnable kept) {
            kept.run();
        }

        void onRinging(int seat, int status);

        void onAnswered(int seat);

        void onFirstPacket(int seat);

        void onDigit(int seat, char digit);

        void onEnded(int seat, LegEnd end);
    }

    /** What became of something that was to be said. */
    public enum Said {
        /** All of it was, or it was stopped, or the seat has ended. */
        SPOKEN,
        /** There was no voice for it in time: a short tone took its place. */
        TONE
    }

    /** Numbers of seats that the owner does not give. */
    private static final int GUESTS = 1 << 20;

    private final String traceId;
    private final Dialer dialer;
    private final AudioBridge bridge;
    private final Executor owner;
    private final Timers timers;
    private final Listener listener;
    private final VoiceInTime voice;
    private final Instant since;
    private final Map<Integer, Seat> seats = new LinkedHashMap<>();
    private @Nullable Tape tape;
    private boolean closed;
    private int guests;

    /**
     * The bridge is this conference's alone, which closes it.
     *
     * @param traceId of what it is held for: the signalling of all its legs is written down under it
     */
    public Conference(String traceId, Dialer dialer, AudioBridge bridge, Executor owner, Timers timers, Listener listener) {
        this.traceId = traceId;
        this.dialer = dialer;
        this.bridge = bridge;
        this.owner = owner;
        this.timers = timers;
        this.listener = listener;
        voice = new VoiceInTime(owner, timers);
        since = timers.wallTime();
    }

    /**
     * Makes a leg ready; nothing is sent until {@link #dial}.
     *
     * @param track name of the party's track in the recording
     * @return its leg, whose resume token is to be kept
     * @throws IOException no port is free
     * @throws IllegalArgumentException the target cannot be called
     */
    public Leg prepare(int seat, String track, String target, String subject, Optional<Provenance> provenance) throws IOException {
        return prepare(new Seat(seat, track, target, listener), target, subject, provenance);
    }

    /**
     * Makes a leg ready for somebody whom an operator adds: into the mix as soon as they answer. The conference's own listener hears nothing of them.
     *
     * @return its leg, to be dialled. Throws as {@link #prepare(int, String, String, String, Optional)} does
     */
    public Leg invite(String target, Listener guest) throws IOException {
        int seat = GUESTS + guests++;
        return prepare(new Seat(seat, "guest-" + guests, target, guest), target, "", Optional.empty());
    }

    private Leg prepare(Seat made, String target, String subject, Optional<Provenance> provenance) throws IOException {
        String track = made.track;
        int seat = made.number;
        AudioPort port = bridge.openPort(track, made, owner);
        made.port = port;
        try {
            Leg leg = dialer.prepare(new CallOrder(target, subject, traceId, provenance, port), made);
            made.leg = leg;
            seats.put(seat, made);
            return leg;
        } catch (RuntimeException e) {
            port.close();
            throw e;
        }
    }

    /** Takes a call that came in; {@link Listener#onAnswered} follows when the caller has confirmed. Throws as {@link #prepare} does. */
    public Leg take(int seat, String track, IncomingCall call) throws IOException {
        Seat made = new Seat(seat, track, call.from(), listener);
        AudioPort port = bridge.openPort(track, made, owner);
        made.port = port;
        seats.put(seat, made);
        try {
            Leg leg = call.answer(port, made);
            made.leg = leg;
            return leg;
        } catch (RuntimeException e) {
            seats.remove(seat, made);
            port.close();
            throw e;
        }
    }

    /**
     * Takes an answered leg over from another conference, into the mix; there it is forgotten without a word.
     *
     * @return false when it cannot be: then nothing has changed
     * @throws IOException no port is free
     */
    public boolean adopt(int seat, String track, Conference from, int there) throws IOException {
        Seat leaving = from.seats.get(there);
        if (closed || leaving == null || leaving.leg == null || leaving.state != CallControl.State.ANSWERED) return false;
        Seat made = new Seat(seat, track, leaving.party, listener);
        AudioPort port = bridge.openPort(track, made, owner);
        made.port = port;
        if (!leaving.leg.move(port, made)) {
            port.close();
            return false;
        }
        made.leg = leaving.leg;
        made.state = CallControl.State.ANSWERED;
        seats.put(seat, made);
        from.seats.remove(there, leaving);
        leaving.port().close();
        made.join();
        return true;
    }

    /** Lets go of a leg that was made ready and will not be dialled. */
    public void drop(int seat) {
        Seat known = seats.remove(seat);
        if (known != null) known.port().close();
    }

    public void dial(int seat) {
        Seat known = seats.get(seat);
        if (known != null && known.leg != null) known.leg.dial();
    }

    /** The protocol's name of a seat's leg, and what ends it after a restart. Empty when the seat has ended. */
    public Optional<Leg> leg(int seat) {
        Seat known = seats.get(seat);
        return known == null ? Optional.empty() : Optional.ofNullable(known.leg);
    }

    public void hangUp(int seat, String reason) {
        Seat known = seats.get(seat);
        if (known != null && known.leg != null) known.leg.hangUp(reason);
    }

    /**
     * Says something to one seat, after what it is being told already.
     *
     * @param parts one after another, each as soon as it is there; when one fails or is late, a short tone takes the place of all that is left
     * @param finished told on the owner's thread when it is over
     */
    public void say(int seat, List<CompletableFuture<Pcm>> parts, Consumer<Said> finished) {
        Seat known = seats.get(seat);
        if (known == null || parts.isEmpty()) finished.accept(Said.SPOKEN);
        else known.speech.say(parts, finished);
    }

    /** Stops what one seat is being told. */
    public void hush(int seat) {
        Seat known = seats.get(seat);
        if (known != null) known.speech.hush();
    }

    /** Says something to all in the mix and into the recording; a short tone where there is no voice in time. {@code finished} is told after its length. */
    public void announce(CompletableFuture<Pcm> audio, Consumer<Said> finished) {
        voice.take(audio, pcm -> {
            if (!closed) bridge.announce(pcm);
            var unused = timers.after(length(pcm), () -> finished.accept(VoiceInTime.said(pcm)));
        });
    }

    /** Into the mix. */
    public void join(int seat) {
        Seat known = seats.get(seat);
        if (known != null) known.join();
    }

    /** The seat of the leg with this id; empty when it is not here any more. */
    public OptionalInt seat(String leg) {
        return seats.values().stream().filter(seat -> seat.leg != null && seat.leg.id().equals(leg)).mapToInt(seat -> seat.number).findFirst();
    }

    /** Who is here or being rung, in the order in which they came. */
    public List<ConferenceControl.Participant> participants() {
        return seats.values().stream().filter(seat -> seat.leg != null).map(Seat::view).toList();
    }

    public Instant since() { return since; }

    /** Lets the others hear a party, or not. */
    public void mute(int seat, boolean muted) {
        Seat known = seats.get(seat);
        if (known == null) return;
        known.muted = muted;
        known.port().mute(muted);
    }

    /**
     * Puts a party on hold, out of the mix, or takes it off again.
     *
     * @return false when that cannot be done: it has not answered, or its protocol knows no hold
     */
    public boolean hold(int seat, boolean held) {
        Seat known = seats.get(seat);
        if (known == null || known.leg == null || !(held ? known.leg.hold() : known.leg.resume())) return false;
        known.held = held;
        if (known.joined && held) known.port().leave();
        if (known.joined && !held) known.port().join();
        return true;
    }

    /** Presses a key for one seat (RFC 4733). {@code digit}: 0-9, *, #, A-D. */
    public void sendDigit(int seat, char digit) {
        Seat known = seats.get(seat);
        if (known != null) known.port().sendDigit(digit);
    }

    /** From now on all is recorded. Once. */
    public void record(Tape onto) {
        if (tape != null || closed) return;
        tape = onto;
        bridge.record(onto.tap());
    }

    /** Seats whose end has not come; those of guests do not count. */
    public int live() {
        return (int) seats.keySet().stream().filter(seat -> seat < GUESTS).count();
    }

    /**
     * Hangs up on whoever is left, closes the bridge, ends the recording. A second call gives the same.
     *
     * @return the recording, completed on whatever thread when its files are there; empty when nothing was recorded
     */
    public CompletableFuture<Optional<Recording.Result>> close(String reason) {
        if (!closed) {
            closed = true;
            for (Seat seat : new ArrayList<>(seats.values())) {
                if (seat.leg != null) seat.leg.hangUp(reason);
            }
            bridge.close();
        }
        return tape == null ? CompletableFuture.completedFuture(Optional.empty()) : tape.finished().thenApply(Optional::of);
    }

    private static Duration length(Pcm audio) { return Duration.ofMillis(audio.samples().length * 1000L / audio.rate()); }

    /** One party: its leg, its port, and what it is still to be told. */
    private final class Seat implements Leg.Listener, AudioPort.Listener {
        private final int number;
        private final Speech speech = new Speech(voice, this::port);
        private final String track;
        private final String party;
        private final Listener told;
        private @Nullable Leg leg;
        private @Nullable AudioPort port;
        private CallControl.State state = CallControl.State.DIALING;
        private boolean joined;
        private boolean muted;
        private boolean held;
        private boolean dead;

        private Seat(int number, String track, String party, Listener told) {
            this.number = number;
            this.track = track;
            this.party = party;
            this.told = told;
        }

        private void join() {
            joined = true;
            if (!held) port().join();
        }

        private ConferenceControl.Participant view() {
            return new ConferenceControl.Participant(leg == null ? "" : leg.id(), party, track, state, joined && !held, muted, held);
        }

        private AudioPort port() {
            AudioPort open = port;
            if (open == null) throw new IllegalStateException("seat " + number + " has no port");
            return open;
        }

        @Override
        public void onTokenChanged(Leg changed, Runnable kept) { told.onTokenChanged(number, changed.resumeToken(), kept); }

        @Override
        public void onRinging(Leg ringing, int status) {
            state = CallControl.State.RINGING;
            told.onRinging(number, status);
        }

        @Override
        public void onAnswered(Leg answered) {
            state = CallControl.State.ANSWERED;
            if (number >= GUESTS) join();
            told.onAnswered(number);
        }

        @Override
        public void onEnded(Leg ended, LegEnd end) {
            if (!seats.remove(number, this)) return;
            port().close();
            boolean lost = dead && end.failure().isEmpty();
            told.onEnded(number,
                    lost ? new LegEnd(Optional.of(CallFailure.MEDIA_TIMEOUT), false, end.status(), "nothing was heard of it for too long") : end);
            speech.drop();
        }

        @Override
        public void onFirstPacket() {
            if (seats.get(number) == this) told.onFirstPacket(number);
        }

        @Override
        public void onDigit(char digit) {
            if (seats.get(number) == this) told.onDigit(number, digit);
        }

        /** A dead phone's leg would else stay until somebody hangs up for it. */
        @Override
        public void onSilence() {
            if (seats.get(number) != this || leg == null) return;
            dead = true;
            leg.hangUp(CallFailure.MEDIA_TIMEOUT.label());
        }
    }
}
