package org.infrafabric.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.infrafabric.call.CallControl.CallView;
import org.infrafabric.call.CallControl.Outcome;
import org.infrafabric.call.CallControl.State;
import org.infrafabric.call.CallControl.Transfer;
import org.infrafabric.guard.Permit;
import org.infrafabric.media.AudioBridge;
import org.infrafabric.media.AudioPort;
import org.infrafabric.media.Pcm;
import org.infrafabric.media.SilentPort;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.time.HandTimers;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.Witness;
import org.junit.jupiter.api.Test;

/** What operators do with calls and conferences, on phones that do what the test says. */
class CallsTest {
    private static final String A = "sip:a@127.0.0.1", B = "sip:b@127.0.0.1", C = "sip:c@127.0.0.1", D = "sip:d@127.0.0.1";
    private final HandTimers time = new HandTimers(Instant.EPOCH);
    private final List<Phone> phones = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private final Map<String, Conference> others = new LinkedHashMap<>();
    private final SqliteStore store = SqliteStore.inMemory();
    private final List<String> ended = new ArrayList<>();
    private boolean logBroken;
    private final CallParts parts;
    private final Calls calls;
    private final Conferences conferences;

    CallsTest() {
        Witness witness = new Witness() {
            @Override
            public CompletableFuture<List<Entry>> append(Change change) {
                if (logBroken) return CompletableFuture.failedFuture(new IllegalStateException("disk"));
                change.drafts().forEach(draft -> log.add(draft.type().event()));
                return store.write(tx -> {
                    change.state().write(tx, List.of());
                    return List.of();
                });
            }

            @Override
            public boolean saturated() { return false; }
        };
        parts = new CallParts(dialer(), Bridge::new,
                (uri, wall, now) -> uri.contains("evil") ? new Permit(false, "nobody knows them", 0) : new Permit(true, "", 0),
                witness, store, time, time, new Random(1), 3);
        calls = new Calls(parts, () -> others);
        conferences = new Conferences(parts, calls);
    }

    private Dialer dialer() {
        return new Dialer() {
            @Override
            public Leg prepare(CallOrder order, Leg.Listener listener) {
                if (order.target().contains("broken")) throw new IllegalArgumentException("cannot be called");
                Phone phone = new Phone(order, listener, phones.size());
                phones.add(phone);
                return phone;
            }

            @Override
            public void endStray(String resumeToken) { ended.add(resumeToken); }
        };
    }

    private <T> T now(CompletableFuture<T> answer) {
        time.settle();
        time.settle();
        time.settle();
        return answer.join();
    }

    private Phone phone(String uri) { return phones.stream().filter(phone -> phone.order.target().equals(uri)).toList().getLast(); }

    private CallView only() { return now(calls.list()).getFirst(); }

    private String originated(String from, String to) {
        Outcome outcome = now(calls.originate(from, to, "op"));
        return ((Outcome.Done) outcome).call().orElseThrow().id();
    }

    private String talking(String from, String to) {
        String id = originated(from, to);
        phone(from).answer();
        phone(to).answer();
        time.settle();
        return id;
    }

    @Test
    void shouldRingOneThenTheOtherAndJoinThem() {
        String id = originated(A, B);
        assertThat(id).matches("call-[0-9a-f]{32}");
        assertThat(phones).extracting(phone -> phone.order.target()).containsExactly(A);
        assertThat(phone(A).order.traceId()).isEqualTo(id.substring(5));
        assertThat(only().state()).isEqualTo(State.DIALING);
        phone(A).answer();
        assertThat(phone(A).port.playing).as("hears that it rings").isPositive();
        assertThat(phone(A).port.joined).isFalse();
        phone(B).ring();
        assertThat(only().legs()).extracting(leg -> leg.role() + " " + leg.state()).containsExactly("from ANSWERED", "to RINGING");
        phone(B).answer();
        assertThat(only().state()).isEqualTo(State.ANSWERED);
        assertThat(phones).allMatch(phone -> phone.port.joined);
        phone(A).bye();
        time.settle();
        assertThat(phone(B).hungUp).isTrue();
        assertThat(now(calls.list())).isEmpty();
        assertThat(log).containsExactly("call_originated", "call_joined", "call_closed");
    }

    @Test
    void shouldCallNobodyWhomTheGuardDoesNotPermitOrOfWhomTheLogKnowsNothing() {
        assertThat(now(calls.originate(A, "sip:evil@x", "op"))).isInstanceOf(Outcome.Denied.class);
        assertThat(now(calls.originate("sip:evil@x", B, "op"))).isInstanceOf(Outcome.Denied.class);
        assertThat(now(calls.originate("sip:broken@x", B, "op"))).isInstanceOf(Outcome.Invalid.class);
        logBroken = true;
        assertThat(now(calls.originate(A, B, "op"))).isInstanceOf(Outcome.Busy.class);
        time.settle();
        assertThat(phones).noneMatch(phone -> phone.dialled);
        assertThat(now(calls.list())).isEmpty();
    }

    @Test
    void shouldLetGoOfTheFirstWhenTheSecondCannotBeHad() {
        originated(A, B);
        phone(A).answer();
        phone(B).fail(CallFailure.BUSY);
        time.settle();
        assertThat(phone(A).hungUp).isTrue();
        originated(A, "sip:broken@x");
        phone(A).answer();
        assertThat(phone(A).hungUp).isTrue();
        originated(A, B);
        time.advance(TwoPartyCall.RING_AT_MOST);
        time.settle();
        assertThat(phone(A).hungUp).as("rang too long").isTrue();
        assertThat(now(calls.list())).isEmpty();
    }

    @Test
    void shouldHoldAndResumeACallOrOneLeg() {
        String id = originated(A, B);
        assertThat(now(calls.hold(id, "op"))).isInstanceOf(Outcome.Conflict.class);
        phone(A).answer();
        phone(B).answer();
        assertThat(now(calls.hold(id, "op"))).isInstanceOf(Outcome.Done.class);
        assertThat(phones).allMatch(phone -> phone.held && !phone.port.joined);
        now(calls.resume(id, "op"));
        assertThat(phones).allMatch(phone -> !phone.held && phone.port.joined);
        now(calls.hold(phone(B).id(), "op"));
        assertThat(only().legs()).extracting(leg -> leg.held()).containsExactly(false, true);
        assertThat(now(calls.hold("nobody", "op"))).isInstanceOf(Outcome.NoSuchCall.class);
    }

    @Test
    void shouldPutTheTargetInThePartnersPlaceOnceItAnswers() {
        String id = talking(A, B);
        now(calls.transfer(id, new Transfer.Blind(C), "op"));
        assertThat(phone(A).hungUp).as("until the target answers nothing changes").isFalse();
        assertThat(now(calls.transfer(id, new Transfer.Blind(D), "op"))).isInstanceOf(Outcome.Conflict.class);
        phone(C).answer();
        time.settle();
        assertThat(phone(A).hungUp).isTrue();
        assertThat(phone(B).hungUp).isFalse();
        assertThat(phone(C).port.joined).isTrue();
        assertThat(only().legs()).extracting(leg -> leg.party()).containsExactly(B, C);
        now(calls.transfer(phone(C).id(), new Transfer.Blind(D), "op"));
        phone(D).answer();
        time.settle();
        assertThat(only().legs()).extracting(leg -> leg.party()).as("the leg that is named stays").containsExactly(C, D);
    }

    @Test
    void shouldLeaveAllAsItWasWhenTheTargetDoesNotAnswer() {
        String id = talking(A, B);
        now(calls.transfer(id, new Transfer.Blind(C), "op"));
        phone(C).fail(CallFailure.NO_ANSWER);
        time.settle();
        assertThat(only().legs()).extracting(leg -> leg.party()).containsExactly(A, B);
        now(calls.transfer(id, new Transfer.Blind(C), "op"));
        phone(A).bye();
        time.settle();
        assertThat(phone(B).hungUp).as("waits for the target").isFalse();
        phone(C).fail(CallFailure.BUSY);
        time.settle();
        assertThat(phone(B).hungUp).as("nobody is left to talk to").isTrue();
        assertThat(now(calls.list())).isEmpty();
    }

    @Test
    void shouldJoinTwoCallsAndLetTheirPartnersGo() {
        String one = talking(A, B);
        String other = talking(C, D);
        AudioPort before = phone(D).port;
        assertThat(now(calls.transfer(one, new Transfer.Attended(other), "op"))).isInstanceOf(Outcome.Done.class);
        time.settle();
        assertThat(only().legs()).extracting(leg -> leg.party()).containsExactly(B, D);
        assertThat(phone(A).hungUp && phone(C).hungUp).isTrue();
        assertThat(phone(D).port).as("on the other bridge now").isNotSameAs(before);
        assertThat(((Port) before).closed).isTrue();
        assertThat(phone(D).port.joined).isTrue();
        phone(D).bye();
        time.settle();
        assertThat(phone(B).hungUp).isTrue();
        assertThat(now(calls.list())).isEmpty();
    }

    @Test
    void shouldRingNobodyWhenTheLogCannotBeWritten() {
        String id = talking(A, B);
        logBroken = true;
        assertThat(now(calls.transfer(id, new Transfer.Blind(C), "op"))).isInstanceOf(Outcome.Busy.class);
        assertThat(now(conferences.add(id, D, "op"))).isInstanceOf(ConferenceControl.Outcome.Busy.class);
        assertThat(now(calls.hangUp(id, "op"))).isInstanceOf(Outcome.Busy.class);
        assertThat(phone(C).dialled || phone(D).dialled).isFalse();
        assertThat(now(conferences.list()).getFirst().participants()).hasSize(2);
        logBroken = false;
        assertThat(now(calls.transfer(id, new Transfer.Blind(C), "op"))).isInstanceOf(Outcome.Done.class);
    }

    @Test
    void shouldKeepWhatEndsEachLegBeforeItRings() {
        String id = originated(A, B);
        assertThat(kept()).containsExactly(A + " calling");
        phone(A).answer();
        time.settle();
        assertThat(kept()).containsExactly(A + " answered", B + " calling");
        phone(B).answer();
        time.settle();
        now(conferences.add(id, C, "op"));
        phone(C).answer();
        now(calls.transfer(id, new Transfer.Blind(D), "op"));
        assertThat(kept()).containsExactly(A + " answered", B + " answered", C + " answered", D + " calling");
        Calls reborn = new Calls(parts, Map::of);
        assertThat(now(reborn.recover())).isEqualTo(4);
        assertThat(ended).containsExactly(A + " answered", B + " answered", C + " answered", D + " calling");
        assertThat(log.getLast()).isEqualTo("call_closed");
        assertThat(kept()).as("each is ended once").isEmpty();
    }

    @Test
    void shouldNotRingWhoseEndCannotBeKept() {
        originated(A, B);
        logBroken = true;
        phone(A).answer();
        time.settle();
        assertThat(phone(B).dialled).isFalse();
        assertThat(phone(A).hungUp).isTrue();
        assertThat(now(calls.list())).isEmpty();
    }

    private List<String> kept() { return CallRows.all(store).stream().map(CallRows.Kept::token).toList(); }

    @Test
    void shouldAddMuteAndRemoveInAnyConference() {
        String id = talking(A, B);
        assertThat(now(conferences.add(id, "sip:evil@x", "op"))).isInstanceOf(ConferenceControl.Outcome.Denied.class);
        assertThat(now(conferences.add("none", C, "op"))).isInstanceOf(ConferenceControl.Outcome.NoSuchConference.class);
        now(conferences.add(id, C, "op"));
        phone(C).answer();
        assertThat(phone(C).port.joined).isTrue();
        assertThat(now(conferences.list()).getFirst().participants()).extracting(each -> each.party()).containsExactly(A, B, C);
        now(conferences.mute(id, phone(C).id(), true, "op"));
        assertThat(phone(C).port.muted).isTrue();
        now(conferences.remove(id, phone(C).id(), "op"));
        time.settle();
        assertThat(phone(C).hungUp).isTrue();
        assertThat(now(conferences.remove(id, phone(C).id(), "op"))).isInstanceOf(ConferenceControl.Outcome.NoSuchParticipant.class);
        assertThat(only().state()).as("a guest's going is nobody's end").isEqualTo(State.ANSWERED);
        assertThat(log).contains("participant_added", "participant_muted", "participant_removed");
    }

    @Test
    void shouldEndALegOfSomebodyElsesConferenceButNotTransferIt() throws Exception {
        List<Integer> gone = new ArrayList<>();
        Conference council = new Conference("ab".repeat(16), dialer(), new Bridge(), time, time, new Conference.Listener() {
            @Override
            public void onRinging(int seat, int status) {}

            @Override
            public void onAnswered(int seat) {}

            @Override
            public void onFirstPacket(int seat) {}

            @Override
            public void onDigit(int seat, char digit) {}

            @Override
            public void onEnded(int seat, LegEnd end) { gone.add(seat); }
        });
        others.put("escalation-1", council);
        council.prepare(4, "expert", A, "", Optional.empty());
        council.dial(4);
        phone(A).answer();
        assertThat(now(calls.transfer(phone(A).id(), new Transfer.Blind(B), "op"))).isInstanceOf(Outcome.Conflict.class);
        now(conferences.add("escalation-1", B, "op"));
        phone(B).answer();
        assertThat(council.live()).as("guests are not counted").isEqualTo(1);
        now(calls.hangUp(phone(A).id(), "op"));
        time.settle();
        assertThat(gone).containsExactly(4);
    }

    /** Whatever phones and operators do, in whatever order: when all phones have hung up, no call and no leg is left. */
    @Property(tries = 300, seed = "1")
    void shouldLeaveNothingBehindInAnyOrder(@ForAll long seed) {
        Random random = new Random(seed);
        String[] uris = {A, B, C, D};
        for (int i = 0; i < 60; i++) {
            List<CallView> views = now(calls.list());
            String any = views.isEmpty() ? "none" : views.get(random.nextInt(views.size())).id();
            String other = views.isEmpty() ? "none" : views.get(random.nextInt(views.size())).id();
            switch (random.nextInt(10)) {
                case 0, 1 -> now(calls.originate(uris[random.nextInt(4)], uris[random.nextInt(4)], "op"));
                case 2 -> now(calls.hold(any, "op"));
                case 3 -> now(calls.transfer(any, new Transfer.Blind(uris[random.nextInt(4)]), "op"));
                case 4 -> now(calls.transfer(any, new Transfer.Attended(other), "op"));
                case 5 -> now(conferences.add(any, uris[random.nextInt(4)], "op"));
                case 6 -> time.advance(Duration.ofSeconds(random.nextInt(60)));
                default -> { if (!phones.isEmpty()) phones.get(random.nextInt(phones.size())).something(random); }
            }
        }
        phones.forEach(Phone::bye);
        time.advance(Duration.ofMinutes(5));
        phones.forEach(Phone::bye);
        time.settle();
        assertThat(now(calls.list())).isEmpty();
        assertThat(phones.stream().filter(phone -> phone.dialled && !phone.over)).isEmpty();
        assertThat(time.pending()).isZero();
        assertThat(CallRows.all(store)).as("kept for the next life").isEmpty();
    }

    /** A phone, and our leg to it. */
    private final class Phone implements Leg {
        final CallOrder order;
        Leg.Listener listener;
        Port port;
        boolean dialled;
        boolean answered;
        boolean hungUp;
        boolean held;
        boolean over;
        private final int number;

        Phone(CallOrder order, Leg.Listener listener, int number) {
            this.order = order;
            this.listener = listener;
            this.number = number;
            port = (Port) order.audio();
        }

        void something(Random random) {
            switch (random.nextInt(4)) {
                case 0 -> ring();
                case 1, 2 -> answer();
                default -> bye();
            }
        }

        void ring() { if (dialled && !answered && !over) listener.onRinging(this, 180); }

        void answer() {
            if (!dialled || answered || over) return;
            answered = true;
            listener.onAnswered(this);
            time.settle();
        }

        void bye() { if (dialled) end(new LegEnd(Optional.empty(), true, 200, "")); }

        void fail(CallFailure why) { end(new LegEnd(Optional.of(why), true, why.sipStatus(), "")); }

        private void end(LegEnd how) {
            if (over) return;
            over = true;
            time.execute(() -> listener.onEnded(this, how));
        }

        @Override
        public String id() { return "leg-" + number; }

        @Override
        public String resumeToken() { return order.target() + (answered ? " answered" : " calling"); }

        @Override
        public AudioPort audio() { return port; }

        @Override
        public void dial() { dialled = true; }

        @Override
        public void hangUp(String reason) {
            hungUp = true;
            if (dialled) end(new LegEnd(Optional.empty(), false, 0, reason));
        }

        @Override
        public boolean hold() { return held = answered && !over; }

        @Override
        public boolean resume() {
            held = false;
            return answered && !over;
        }

        @Override
        public boolean move(AudioPort to, Leg.Listener next) {
            if (!answered || over) return false;
            port = (Port) to;
            listener = next;
            return true;
        }
    }

    private static final class Bridge implements AudioBridge {
        @Override
        public AudioPort openPort(String name, AudioPort.Listener listener, Executor owner) { return new Port(); }

        @Override
        public void announce(Pcm audio) {}

        @Override
        public void record(Tap tap) {}

        @Override
        public void close() {}
    }

    private static final class Port extends SilentPort {
        int playing;
        boolean joined;
        boolean muted;
        boolean closed;

        Port() { super(new InetSocketAddress("127.0.0.1", 40_000)); }

        @Override
        public void play(Pcm audio, Runnable finished) { playing++; }

        @Override
        public void join() { joined = true; }

        @Override
        public void leave() { joined = false; }

        @Override
        public void mute(boolean quiet) { muted = quiet; }

        @Override
        public void close() { closed = true; }
    }
}
