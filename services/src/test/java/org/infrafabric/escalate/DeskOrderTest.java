package org.infrafabric.escalate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.infrafabric.call.CallFailure;
import org.infrafabric.escalate.Escalations.Vote;
import org.infrafabric.guard.CouncilRules;

/** The whole desk, with crashes and full disks among the events: nobody is forgotten, nobody is left on the line, and there is one decision in store and log. */
class DeskOrderTest {
    enum What { RING, ANSWER, FAIL, HANG_UP, DIGIT, VOTE, TIME, CRASH, DISK_FULL, DISK_FREE, CANCEL, SUBMIT }

    record Event(What what, int which) {}

    private static final Set<String> FINAL = Set.of("CLOSED", "DENIED", "HELD", "SHARED", "EXHAUSTED", "EXPIRED", "CANCELLED");

    @Provide
    Arbitrary<List<Event>> events() {
        Arbitrary<What> what = Arbitraries.frequency(Tuple.of(2, What.RING), Tuple.of(8, What.ANSWER), Tuple.of(2, What.FAIL),
                Tuple.of(2, What.HANG_UP),
                Tuple.of(10, What.DIGIT), Tuple.of(3, What.VOTE), Tuple.of(8, What.TIME), Tuple.of(2, What.CRASH), Tuple.of(1, What.DISK_FULL),
                Tuple.of(2, What.DISK_FREE), Tuple.of(1, What.SUBMIT));
        return Combinators.combine(what, Arbitraries.integers().between(0, 30)).as(Event::new).list().ofMinSize(5).ofMaxSize(50);
    }

    @Property(seed = "1", tries = 150)
    void shouldEndOnceInEveryOrderOfEvents(@ForAll("events") List<Event> events, @ForAll boolean council, @ForAll boolean cancelled) {
        Bus bus = new Bus();
        bus.rules = new CouncilRules(council ? 2 : 0, Duration.ofMinutes(5), Duration.ofSeconds(30), false, false);
        bus.start();
        byte[] message = bus.signed(bus.message("esc-1"));
        bus.submit(message);
        for (Event event : events) happen(bus, event, message);
        bus.logFails = false;
        if (cancelled) bus.desk.cancel("esc-1", "op");
        bus.advance(Duration.ofHours(2));

        EscalationView view = bus.view("esc-1");
        assertThat(FINAL).contains(view.state());
        assertThat(view.decision()).isPresent();
        assertThat(bus.desk.live()).isZero();
        assertThat(bus.phones).allMatch(phone -> phone.ended || !phone.dialled);
        assertThat(bus.posted).isNotEmpty().containsOnly(view.decision().orElseThrow());
        List<String> states = bus.events("IF.escalate");
        assertThat(states).startsWith("received", "validated", "judged").containsOnlyOnce("received");
        assertThat(states.stream().filter(state -> Set.of("decided", "exhausted", "expired", "cancelled").contains(state))).hasSize(1);
        assertThat(view.history().stream().map(step -> step.state().toLowerCase(java.util.Locale.ROOT))).containsExactlyElementsOf(states);
        long legs = bus.store.read(tx -> tx.first("SELECT count(*) FROM escalation_legs", row -> row.number(0)).orElseThrow());
        assertThat(legs).as("legs in the store").isZero();
    }

    private static void happen(Bus bus, Event event, byte[] message) {
        List<Bus.Phone> up = bus.phones.stream().filter(phone -> phone.dialled && !phone.ended).toList();
        Optional<Bus.Phone> phone = up.isEmpty() ? Optional.empty() : Optional.of(up.get(event.which() % up.size()));
        switch (event.what()) {
            case RING -> phone.filter(one -> !one.answered).ifPresent(Bus.Phone::ring);
            case ANSWER -> phone.filter(one -> !one.answered).ifPresent(Bus.Phone::answer);
            case FAIL ->
                phone.filter(one -> !one.answered).ifPresent(one -> one.fail(CallFailure.values()[event.which() % CallFailure.values().length]));
            case HANG_UP -> phone.filter(one -> one.answered).ifPresent(Bus.Phone::hangUpByPeer);
            case DIGIT -> phone.filter(one -> one.answered).ifPresent(one -> one.port().listener.onDigit("1112*3".charAt(event.which() % 6)));
            case VOTE -> bus.vote("esc-1", bus.guardians.get(event.which() % 3).id(), Vote.values()[event.which() % 4]);
            case TIME -> bus.advance(Duration.ofMillis(event.which() * 400L));
            case CRASH -> bus.crash();
            case DISK_FULL -> bus.logFails = true;
            case DISK_FREE -> bus.logFails = false;
            case CANCEL -> bus.desk.cancel("esc-1", "op");
            case SUBMIT -> bus.submit(message);
        }
        bus.timers.settle();
    }
}
