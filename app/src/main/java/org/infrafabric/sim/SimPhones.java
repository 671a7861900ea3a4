package org.infrafabric.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.CallOrder;
import org.infrafabric.call.Dialer;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.call.Leg;
import org.infrafabric.call.LegEnd;
import org.infrafabric.call.Provenance;
import org.infrafabric.media.AudioPort;
import org.infrafabric.time.HandTimers;

/** All the phones of a world and the people who hold them. They outlive the bus's process: a call that nobody ends goes on for ever. */
final class SimPhones {
    private final HandTimers world;
    private final Dice dice;
    private final Set<Fault> faults;
    private final Map<String, Phone> up = new LinkedHashMap<>(); // by resume token; dialled or taken, and not ended
    private final List<String> wrongs = new ArrayList<>();
    private long legs;
    private boolean calm;

    /** Whether the log knows of a leg before it is dialled. */
    interface Ledger {
        boolean knows(String resumeToken);
    }

    SimPhones(HandTimers world, Dice dice, Set<Fault> faults) {
        this.world = world;
        this.dice = dice;
        this.faults = faults;
    }

    /** From now on phones fail no more than people do. */
    void calm() { calm = true; }

    long legs() { return legs; }

    /** What was done to phones that may not be done. */
    List<String> wrongs() { return wrongs; }

    /** Calls that nobody has ended. */
    List<String> left() { return List.copyOf(up.keySet()); }

    Dialer dialer(Life life, Ledger ledger) {
        return new Dialer() {
            @Override
            public Leg prepare(CallOrder order, Leg.Listener listener) { return new Phone(life, ledger, order.target(), order.audio(), listener); }

            @Override
            public void endStray(String resumeToken) {
                Phone stray = up.get(resumeToken);
                if (stray != null) stray.endAfter(dice.between(10, 300), Optional.empty(), false);
            }
        };
    }

    /** Somebody rings the bus. */
    IncomingCall caller(Life life, String from, String trace) {
        return new IncomingCall() {
            private boolean settled;

            @Override
            public String from() { return from; }

            @Override
            public String to() { return "sip:bus@sim"; }

            @Override
            public String source() { return "192.0.2.1:5060"; }

            @Override
            public Optional<Provenance> provenance() { return Optional.of(new Provenance(trace, List.of("legal"), "00".repeat(32))); }

            @Override
            public void ring() {}

            @Override
            public Leg answer(AudioPort audio, Leg.Listener listener) {
                if (settled) wrongs.add("a call that came in was settled twice");
                settled = true;
                Phone phone = new Phone(life, token -> true, from, audio, listener);
                if (dice.percent(20)) phone.gaveUp();
                else phone.confirm();
                return phone;
            }

            @Override
            public void refuse(CallFailure why) {
                if (settled) wrongs.add("a call that came in was settled twice");
                settled = true;
            }

            @Override
            public void onCancelled(Runnable action) {}
        };
    }

    private boolean fails(int percent) { return !calm && faults.contains(Fault.PHONES) && dice.percent(percent); }

    private final class Phone implements Leg {
        private final Life life;
        private final Ledger ledger;
        private final String target;
        private final AudioPort audio;
        private final Listener listener;
        private final String id = "leg-" + ++legs;
        private boolean dialled;
        private boolean answered;
        private boolean told;
        private boolean ended;

        Phone(Life life, Ledger ledger, String target, AudioPort audio, Listener listener) {
            this.life = life;
            this.ledger = ledger;
            this.target = target;
            this.audio = audio;
            this.listener = listener;
        }

        private boolean guardian() { return target.startsWith("sip:guardian"); }

        @Override
        public String id() { return id; }

        @Override
        public String resumeToken() { return id; }

        @Override
        public AudioPort audio() { return audio; }

        @Override
        public void dial() {
            if (ended) return;
            if (dialled) wrongs.add(id + " was dialled twice");
            if (!ledger.knows(id)) wrongs.add(id + " was dialled before the store knew of it");
            dialled = true;
            up.put(id, this);
            if (fails(25)) {
                endAfter(dice.between(20, 4_000), Optional.of(dice.one(List.of(CallFailure.BUSY, CallFailure.DECLINED, CallFailure.UNREACHABLE,
                        CallFailure.NOT_FOUND, CallFailure.OVERLOAD, CallFailure.SERVER_ERROR, CallFailure.NO_COMMON_CODEC))), true);
                return;
            }
            if (fails(5)) return; // never says a word
            happen(dice.between(20, 400), () -> listener.onRinging(this, dice.percent(80) ? 180 : 183));
            happen(dice.between(500, dice.percent(70) ? 9_000 : 40_000), this::answer);
        }

        /** The call that this phone made was answered, and says so. */
        private void confirm() {
            dialled = true;
            up.put(id, this);
            happen(dice.between(10, 200), this::answer);
        }

        /** The caller hung up while its call was being written down: that is told before the answer returns. */
        private void gaveUp() {
            ended = true;
            listener.onEnded(this, new LegEnd(Optional.of(CallFailure.CANCELLED), true, 487, ""));
        }

        private void answer() {
            if (told && !dice.percent(20)) return; // the CANCEL was quicker, most times
            answered = true;
            listener.onAnswered(this);
            if (!fails(3)) happen(dice.between(10, 100), this::firstPacket);
            press(dice.between(500, 14_000), dice.percent(85) ? '1' : dice.one("2239#"));
            for (int i = dice.below(3); i > 0; i--) press(dice.between(9_000, 150_000), guardian() ? dice.one("11123*") : dice.one("12"));
            if (dice.percent(15)) endAfter(dice.between(1_000, 400_000), Optional.empty(), true);
            else if (fails(4)) endAfter(dice.between(1_000, 100_000), Optional.of(CallFailure.MEDIA_TIMEOUT), false);
        }

        private void firstPacket() {
            if (audio instanceof SimAudio.Port port) port.listener.onFirstPacket();
        }

        private void press(Duration after, char digit) {
            happen(after, () -> {
                if (audio instanceof SimAudio.Port port) port.listener.onDigit(digit);
                if (faults.contains(Fault.DUPLICATES) && dice.percent(5)) press(dice.between(1, 2_000), digit);
            });
        }

        @Override
        public void hangUp(String reason) {
            if (told || ended) return;
            told = true;
            if (!dialled) endNow(Optional.of(CallFailure.CANCELLED), false);
            else
                endAfter(fails(2) ? Duration.ofSeconds(32) : dice.between(5, 300), answered ? Optional.empty() : Optional.of(CallFailure.CANCELLED),
                        false);
        }

        /** In the world's time, whether or not the process lives. */
        void endAfter(Duration delay, Optional<CallFailure> why, boolean byPeer) {
            var unused = world.after(delay, () -> endNow(why, byPeer));
        }

        private void endNow(Optional<CallFailure> why, boolean byPeer) {
            if (ended) return;
            ended = true;
            up.remove(id);
            life.tell(() -> listener.onEnded(this, new LegEnd(why, byPeer, why.map(CallFailure::sipStatus).orElse(0), "")));
        }

        private void happen(Duration after, Runnable what) {
            life.tellAfter(after, () -> {
                if (!ended) what.run();
            });
        }
    }
}
