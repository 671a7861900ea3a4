package org.infrafabric.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.infrafabric.call.Leg;
import org.junit.jupiter.api.Test;

class OverloadTest {
    private static final long MILLI = 1_000_000L;
    private static final Overload.Listener SILENT = new Overload.Listener() {
        @Override
        public void began(long lateNanos, double fullness) {}

        @Override
        public void ended(long turnedAway) {}
    };

    private final List<String> told = new ArrayList<>();
    private final Overload overload = new Overload(new Overload.Listener() {
        @Override
        public void began(long lateNanos, double fullness) { told.add("began " + lateNanos / MILLI); }

        @Override
        public void ended(long turnedAway) { told.add("ended " + turnedAway); }
    });
    private long now;

    @Test
    void shouldTakeEverythingWhileThingsAreDoneInTime() {
        look(199, 0.89);
        overload.onBatch(true, now);
        look(0, 0);
        overload.onBatch(false, now);
        look(0, 0);
        assertThat(overload.state()).isEqualTo(Overload.State.CALM);
        assertThat(overload.admits()).isTrue();
        assertThat(told).isEmpty();
    }

    @Test
    void shouldBeginWhenTheSocketWasNotEmptyForAFifthOfASecondAndStillIsNot() {
        for (int i = 0; i < 4; i++) {
            overload.onBatch(true, now);
            look(0, 0);
        }
        assertThat(overload.state()).isEqualTo(Overload.State.CALM);
        look(0, 0);
        assertThat(overload.state()).isEqualTo(Overload.State.SHEDDING);
        assertThat(told).containsExactly("began 250");
    }

    @Test
    void shouldNotTakeACollectorsPauseForAnOverload() {
        look(1_000, 0);
        look(0, 0);
        look(1_000, 0);
        assertThat(overload.state()).isEqualTo(Overload.State.CALM);
    }

    @Test
    void shouldBeginWhenATimerIsLateOrTheTransactionsFillTheirRoom() {
        look(200, 0);
        look(200, 0);
        assertThat(overload.state()).isEqualTo(Overload.State.SHEDDING);
        Overload full = new Overload(SILENT);
        full.onLook(0, 0.9, 0);
        full.onLook(0, 0.9, Overload.LOOK_NANOS);
        assertThat(full.state()).isEqualTo(Overload.State.SHEDDING);
    }

    @Test
    void shouldTakeHalfAtFirstAndHalfOfThatIfItGoesOn() {
        look(250, 0);
        look(250, 0);
        assertThat(admitted(100)).isEqualTo(50);
        look(250, 0);
        assertThat(admitted(100)).isEqualTo(25);
    }

    @Test
    void shouldChangeNothingBetweenWellAndLate() {
        look(250, 0);
        look(250, 0);
        for (int i = 0; i < 100; i++) look(50, 0);
        assertThat(overload.share()).isEqualTo(0.5);
        assertThat(told).hasSize(1);
    }

    @Property(seed = "1", tries = 100)
    void shouldTakeEverythingAgainWithinFiveSecondsHoweverBadItWas(@ForAll @IntRange(min = 2, max = 200) int looks) {
        Overload each = new Overload(SILENT);
        long time = 0;
        for (int i = 0; i < looks; i++) each.onLook(500 * MILLI, 0, time += Overload.LOOK_NANOS);
        long well = time;
        while (each.state() != Overload.State.CALM) each.onLook(0, 0, time += Overload.LOOK_NANOS);
        assertThat(time - well).isLessThan(5_000 * MILLI);
        assertThat(each.share()).isEqualTo(1);
    }

    @Test
    void shouldSayHowManyWereTurnedAway() {
        look(250, 0);
        look(250, 0);
        long away = 10 - admitted(10);
        for (int i = 0; i < 60; i++) look(0, 0);
        assertThat(told).containsExactly("began 250", "ended " + away);
    }

    @Test
    void shouldTurnNewCallsAwayAndLetCallsThatStandGoOn() {
        Bench bench = new Bench();
        String tag = bench.answered(new Leg[1]);
        bench.request("INVITE", "old", "old", "", 1, "", Bench.OFFER);
        overload(bench);
        bench.request("INVITE", "new", "new", "", 1, "", Bench.OFFER);
        assertThat(bench.last().status()).isEqualTo(503);
        assertThat(bench.last().text(HeaderName.RETRY_AFTER)).isEqualTo("5");
        bench.request("INVITE", "re", "in@peer", tag, 2, "", Bench.OFFER);
        assertThat(bench.last().status()).isEqualTo(200);
        bench.request("ACK", "reack", "in@peer", tag, 2, "", "");
        int before = bench.sent.size();
        bench.request("INVITE", "old", "old", "", 1, "", Bench.OFFER); // repeated; nothing was said to it yet but 100
        assertThat(bench.sent.subList(before, bench.sent.size())).allMatch(message -> message.status() == 100);
        bench.request("CANCEL", "old", "old", "", 1, "", "");
        assertThat(bench.last().status()).isEqualTo(487);
        bench.request("BYE", "bye", "in@peer", tag, 3, "", "");
        assertThat(bench.last().status()).isEqualTo(200);
        assertThat(bench.overloads).hasSize(1);
    }

    @Test
    void shouldTakeCallsAgainWhenTheSocketIsEmpty() {
        Bench bench = new Bench();
        overload(bench);
        bench.core.intake().onBatch(false);
        bench.advance(5_000);
        bench.request("INVITE", "new", "new", "", 1, "", Bench.OFFER);
        assertThat(bench.incoming).hasSize(1);
        assertThat(bench.overloads).hasSize(2).last().asString().startsWith("false 0 requests");
        bench.advance(100_000);
        assertThat(bench.core.intake().load()).isEqualTo(Overload.State.CALM);
    }

    private static void overload(Bench bench) {
        for (int i = 0; i < 8 && bench.core.intake().load() == Overload.State.CALM; i++) {
            bench.core.intake().onBatch(true);
            bench.request("ACK", "stray", "stray", "", 1, "", "");
            bench.advance(50);
        }
        assertThat(bench.core.intake().load()).isEqualTo(Overload.State.SHEDDING);
    }

    private void look(long lateMillis, double fullness) {
        now += Overload.LOOK_NANOS;
        overload.onLook(lateMillis * MILLI, fullness, now);
    }

    private long admitted(int asked) {
        long taken = 0;
        for (int i = 0; i < asked; i++) if (overload.admits()) taken++;
        return taken;
    }
}
