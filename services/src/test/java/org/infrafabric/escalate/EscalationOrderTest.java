package org.infrafabric.escalate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.LegEnd;
import org.infrafabric.guard.CouncilRules;

/** Whatever happens in whatever order: one decision, no state without an exit, no leg left behind. */
class EscalationOrderTest {
    enum What { ANSWER, END, FAIL, DIGIT, SAID, HTTP_VOTE, TIME, CANCEL, RESTART, CALL_IN, TIDIED, ANNOUNCED, UNSPOKEN, LONG_TIME, CLOCK }

    /** @param who picks a leg that ever was, or a guardian; @param which picks a digit, phrase, failure or duration */
    record Event(What what, int who, int which) {}

    @Provide
    Arbitrary<List<Event>> events() {
        Arbitrary<What> what = Arbitraries.frequency(tuple(8, What.ANSWER), tuple(2, What.END), tuple(2, What.FAIL), tuple(8, What.DIGIT),
                tuple(6, What.SAID), tuple(3, What.HTTP_VOTE), tuple(8, What.TIME), tuple(1, What.RESTART), tuple(1, What.CALL_IN),
                tuple(1, What.TIDIED), tuple(1, What.CLOCK), tuple(1, What.ANNOUNCED), tuple(3, What.UNSPOKEN), tuple(1, What.LONG_TIME));
        Arbitrary<Event> event = Combinators.combine(what, Arbitraries.integers().between(0, 30), Arbitraries.integers().between(0, 30))
                .as(Event::new);
        return Combinators.combine(event.list().ofMaxSize(60), Arbitraries.integers().between(0, 15)).as((list, dice) -> {
            List<Event> all = new ArrayList<>(list);
            if (dice == 0) all.add(new Event(What.CANCEL, 0, 0));
            return all;
        });
    }

    @Property(seed = "1", tries = 2_000)
    void shouldEndOnceInEveryOrderOfEvents(@ForAll("events") List<Event> events, @ForAll boolean early, @ForAll boolean withoutExpert,
            @ForAll boolean council, @ForAll boolean deadline, @ForAll boolean nobody, @ForAll RungRules.Mode mode, @ForAll boolean last) {
        World world = new World().guardians("sage", "skeptic", "ethicist");
        world.pace = Pace.USUAL
                .with(new RungRules(mode, Duration.ofSeconds(45), 2, Duration.ofSeconds(3), last ? 2 : 1,
                        last ? List.of("sip:bob@test") : List.of()));
        CouncilRules rules = new CouncilRules(council ? 2 : 0, Duration.ofMinutes(5), Duration.ofSeconds(30), early, withoutExpert && council);
        world.begin(rules, deadline ? Optional.of(Duration.ofMinutes(2)) : Optional.empty(),
                nobody ? List.of() : List.of(List.of(World.expert("ada"), World.expert("bob")), List.of(World.expert("cleo"))));
        Duration passed = Duration.ZERO;
        for (Event event : events) passed = happen(world, event, passed);

        world.advance(3, TimeUnit.HOURS);
        world.advance(1, TimeUnit.HOURS);

        assertThat(world.verdicts).hasSize(1);
        assertThat(world.escalation.over()).as("over in %s", world.state()).isTrue();
        assertThat(world.escalation.liveLegs()).isZero();
        assertThat(world.live).as("legs left behind").isEmpty();
        assertThat(world.escalation.dueNanos()).isEqualTo(Due.NEVER);
        assertThat(world.states.stream().filter(State::decided).filter(state -> state != State.CLOSED)).hasSize(1);
        assertThat(world.states).startsWith(State.RECEIVED, State.VALIDATED, State.JUDGED);
        assertThat(world.dialled.size()).isLessThan(500);
        for (int i = 1; i < world.states.size(); i++) {
            assertThat(world.states.get(i - 1).next()).as("after %s", world.states.get(i - 1)).contains(world.states.get(i));
        }
    }

    private static Duration happen(World world, Event event, Duration passed) {
        Escalation escalation = world.escalation;
        List<Integer> legs = List.copyOf(world.dialled.keySet());
        int leg = legs.isEmpty() ? 0 : legs.get(event.who() % legs.size());
        switch (event.what()) {
            case ANSWER -> escalation.onAnswered(leg, 0, world.now);
            case END, FAIL -> {
                world.live.remove(leg);
                Optional<CallFailure> why = event.what() == What.END ? Optional.empty()
                        : Optional.of(CallFailure.values()[event.which() % CallFailure.values().length]);
                escalation.onEnded(leg, new LegEnd(why, true, 0, ""), world.now);
            }
            case DIGIT -> escalation.onDigit(leg, "1122311*9#".charAt(event.which() % 10), world.now);
            case SAID -> escalation.onSaid(leg, Phrase.values()[event.which() % Phrase.values().length], world.now);
            case UNSPOKEN -> escalation.onUnspoken(leg, Phrase.values()[event.which() % Phrase.values().length], world.now);
            case ANNOUNCED -> escalation.onAnnounced(Phrase.values()[event.which() % Phrase.values().length], event.who() % 2 == 0, world.now);
            case HTTP_VOTE -> escalation.onVote(world.roster.get(event.who() % 3).id(),
                    event.which() % 4 == 3 ? Optional.empty() : Optional.of(Ballot.Choice.values()[event.which() % 4]), List.of(), Optional.empty(),
                    world.now);
            case TIME, LONG_TIME -> {
                long millis = event.what() == What.TIME ? event.which() * 500L : event.which() * 10_000L;
                world.advance(millis, TimeUnit.MILLISECONDS);
                return passed.plusMillis(millis);
            }
            case CANCEL -> escalation.onCancel("op", world.now);
            case RESTART -> {
                world.restart(passed);
            }
            case CLOCK -> escalation.onClockJump(World.NOON.plus(passed).plusSeconds(event.which() * 240L - 3_600), world.now);
            case CALL_IN -> {
                int number = event.which() % 2 == 0 ? escalation.onCalledIn(world.roster.get(event.who() % 3), "sip:x@y", world.now)
                        : escalation.onCalledIn(World.expert("ada"), "sip:x@y", world.now);
                if (number > 0) {
                    world.live.add(number);
                    world.dialled.put(number, Callee.of(world.roster.getFirst(), Duration.ofSeconds(20)));
                }
            }
            case TIDIED -> escalation.onTidied();
        }
        return passed;
    }

    private static net.jqwik.api.Tuple.Tuple2<Integer, What> tuple(int weight, What what) { return net.jqwik.api.Tuple.of(weight, what); }
}
