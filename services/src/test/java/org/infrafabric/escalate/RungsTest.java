package org.infrafabric.escalate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.infrafabric.call.CallFailure;
import org.infrafabric.escalate.RungRules.Mode;
import org.infrafabric.guard.Accept;
import org.infrafabric.guard.CouncilRules;
import org.infrafabric.guard.Expert;
import org.infrafabric.witness.EventType;
import org.junit.jupiter.api.Test;

class RungsTest {
    private static final CouncilRules ALONE = new CouncilRules(0, Duration.ofMinutes(5), Duration.ofSeconds(30), false, false);
    private World world = new World();

    @Test
    void shouldLetTheFirstWhoPressesOneHaveTheCaseAndTellTheOthers() {
        begin(rules(Mode.PARALLEL, 1, List.of()), List.of(List.of("ada", "bob", "cleo")));
        assertThat(world.live).hasSize(3);
        world.answer("ada").answer("bob"); // cleo's phone still rings
        int bob = world.leg("bob");
        int ada = world.leg("ada");
        world.press("bob", '1');
        world.escalation.onDigit(ada, '1', world.now); // in the same moment, and too late
        assertThat(world.escalation.expert()).contains("sip:bob@test");
        assertThat(world.said).contains(new World.Said(ada, Phrase.TAKEN));
        assertThat(world.calling("cleo")).isFalse();
        assertThat(world.said.stream().filter(said -> said.leg() == bob).map(World.Said::phrase)).contains(Phrase.BRIEFING)
                .doesNotContain(Phrase.TAKEN);
        assertThat(world.states.stream().filter(State.ACCEPTED::equals)).hasSize(1);
    }

    @Property(seed = "1", tries = 300)
    void shouldGiveTheCaseToOneInEveryRace(@ForAll @IntRange(min = 0, max = 5) int first, @ForAll @IntRange(min = 0, max = 5) int second,
            @ForAll boolean crossing) {
        begin(rules(Mode.PARALLEL, 1, List.of()), List.of(List.of("a", "b", "c", "d", "e", "f")));
        List<Integer> legs = List.copyOf(world.dialled.keySet());
        for (int leg : legs) if (!crossing || leg != legs.get(second)) world.escalation.onAnswered(leg, 0, world.now);
        world.escalation.onDigit(legs.get(first), '1', world.now);
        if (crossing) world.escalation.onAnswered(legs.get(second), 0, world.now); // its answer and our CANCEL cross
        world.escalation.onDigit(legs.get(second), '1', world.now);
        world.advance(1, TimeUnit.MINUTES);
        assertThat(world.states.stream().filter(State.ACCEPTED::equals)).hasSize(1);
        assertThat(world.live).hasSize(1);
        int winner = crossing && first == second ? world.live.iterator().next() : legs.get(first);
        assertThat(world.live).containsExactly(winner);
    }

    @Test
    void shouldCallOneAfterAnotherWhereTheConfigSaysSo() {
        begin(rules(Mode.ORDER, 1, List.of()), List.of(List.of("ada", "bob"), List.of("cleo")));
        assertThat(world.calling("ada")).isTrue();
        assertThat(world.calling("bob")).isFalse();
        world.fails("ada", CallFailure.DECLINED);
        assertThat(world.calling("bob")).isTrue();
        assertThat(world.escalation.rung()).isEqualTo(1);
        world.fails("bob", CallFailure.NOT_FOUND);
        assertThat(world.escalation.rung()).isEqualTo(2);
        assertThat(world.calling("cleo")).isTrue();
    }

    @Test
    void shouldCallAgainWhoWasBusyOrWhoseTrunkWasOverloadedAndNobodyElse() {
        for (CallFailure failure : CallFailure.values()) {
            World each = new World();
            each.pace = Pace.USUAL.with(rules(Mode.PARALLEL, 1, List.of()));
            each.begin(ALONE, Optional.empty(), List.of(List.of(World.expert("ada"))));
            each.fails("ada", failure).advance(4, TimeUnit.SECONDS);
            assertThat(each.callsTo("ada")).as(failure.label()).isEqualTo(failure.retryable() ? 2 : 1);
        }
        assertThat(CallFailure.OVERLOAD.retryable()).as("503").isTrue();
    }

    @Test
    void shouldNotCallAgainBeforeThePhoneWantsItAndNotAtAllWhenItsRungIsOverBefore() {
        begin(rules(Mode.PARALLEL, 1, List.of()), List.of(List.of("ada"), List.of("bob")));
        world.fails("ada", CallFailure.OVERLOAD, Duration.ofSeconds(12)).advance(11, TimeUnit.SECONDS);
        assertThat(world.callsTo("ada")).isEqualTo(1);
        world.advance(1, TimeUnit.SECONDS);
        assertThat(world.callsTo("ada")).isEqualTo(2);

        world = new World();
        begin(rules(Mode.PARALLEL, 1, List.of()), List.of(List.of("ada"), List.of("bob")));
        world.fails("ada", CallFailure.BUSY, Duration.ofSeconds(31));
        assertThat(world.calling("bob")).as("the rung, which lasts 30 s, holds nobody else").isTrue();
        world.advance(2, TimeUnit.MINUTES);
        assertThat(world.callsTo("ada")).isEqualTo(1);
    }

    @Test
    void shouldEndARungAtItsDeadlineButLetWhoIsBeingAskedPressOne() {
        begin(rules(Mode.PARALLEL, 1, List.of()), List.of(List.of("ada", "bob"), List.of("cleo")));
        world.advance(18, TimeUnit.SECONDS).answer("ada");
        world.advance(3, TimeUnit.SECONDS); // the ring timeout of bob: called again
        world.advance(9, TimeUnit.SECONDS); // 30 s: the rung is over
        assertThat(world.calling("bob")).isFalse();
        assertThat(world.escalation.rung()).isEqualTo(1);
        world.press("ada", '1');
        assertThat(world.escalation.expert()).contains("sip:ada@test");
    }

    @Test
    void shouldGoToTheNextRungAtTheDeadline() {
        begin(new RungRules(Mode.PARALLEL, Duration.ofSeconds(10), 5, Duration.ofSeconds(1), 1, List.of()), List.of(List.of("ada"), List.of("bob")));
        world.advance(10, TimeUnit.SECONDS);
        assertThat(world.calling("ada")).isFalse();
        assertThat(world.calling("bob")).isTrue();
        assertThat(world.callsTo("ada")).isEqualTo(1);
    }

    @Test
    void shouldGoThroughTheLadderAsOftenAsTheConfigSaysAndRingTheLastOnesOnce() {
        begin(rules(Mode.PARALLEL, 2, List.of("sip:zoe@test")), List.of(List.of("ada", "zoe"), List.of("bob")));
        assertThat(world.calling("zoe")).isFalse();
        for (String name : List.of("ada", "bob", "ada", "bob")) {
            assertThat(world.calling(name)).as(name).isTrue();
            world.fails(name, CallFailure.DECLINED);
        }
        assertThat(world.calling("zoe")).isTrue();
        assertThat(world.escalation.rung()).isEqualTo(3);
        world.fails("zoe", CallFailure.DECLINED);
        assertThat(world.state()).isEqualTo(State.EXHAUSTED);
        assertThat(world.callsTo("zoe")).isEqualTo(1);
    }

    @Test
    void shouldPressTheExtensionBeforeItAsksAnybody() {
        world.pace = Pace.USUAL;
        Expert behind = new Expert("sip:ada@test", "ada", Set.of("legal"), Accept.DTMF, Duration.ofSeconds(20), ",12#");
        world.begin(ALONE, Optional.empty(), List.of(List.of(behind)));
        world.answer("ada");
        assertThat(world.pressed).hasToString("12#");
        assertThat(world.said).isEmpty();
        world.press("ada", '1'); // the switchboard's own tones are no answer
        assertThat(world.state()).isEqualTo(State.RINGING);
        world.advance(3_250, TimeUnit.MILLISECONDS); // 0.5 s, a comma of 2 s, three keys of 0.25 s
        assertThat(world.lastSaidTo("ada")).isEqualTo(Phrase.ACCEPT);
        world.press("ada", '1');
        assertThat(world.state()).isEqualTo(State.ACCEPTED);
    }

    @Test
    void shouldTryAgainWhoseSwitchboardHangsUp() {
        Expert behind = new Expert("sip:ada@test", "ada", Set.of("legal"), Accept.ANSWER, Duration.ofSeconds(20), "1234");
        world.begin(ALONE, Optional.empty(), List.of(List.of(behind)));
        world.answer("ada").fails("ada", CallFailure.BUSY).advance(4, TimeUnit.SECONDS);
        assertThat(world.callsTo("ada")).isEqualTo(2);
        assertThat(world.notes).doesNotContain(EventType.CALL_DECLINED);
    }

    private void begin(RungRules rules, List<List<String>> rungs) {
        world = new World();
        world.pace = Pace.USUAL.with(rules);
        world.begin(ALONE, Optional.empty(), rungs.stream().map(rung -> rung.stream().map(World::expert).toList()).toList());
    }

    private static RungRules rules(Mode mode, int loops, List<String> last) {
        return new RungRules(mode, Duration.ofSeconds(30), 2, Duration.ofSeconds(3), loops, last);
    }
}
