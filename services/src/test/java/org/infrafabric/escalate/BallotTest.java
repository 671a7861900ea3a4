package org.infrafabric.escalate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.infrafabric.escalate.Ballot.Choice;
import org.infrafabric.escalate.Ballot.Result;
import org.infrafabric.guard.Approval;
import org.junit.jupiter.api.Test;

class BallotTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    @Test
    void shouldApproveByMajorityWithQuorum() {
        Ballot ballot = ballot(2, 3);
        cast(ballot, 0, Choice.APPROVE);
        assertThat(ballot.result()).isEqualTo(Result.HOLD);
        cast(ballot, 1, Choice.ABSTAIN);
        assertThat(ballot.result()).isEqualTo(Result.APPROVE);
        assertThat(ballot.reason()).isEqualTo("majority 1 to 0");
    }

    @Test
    void shouldHoldOnATie() {
        Ballot ballot = ballot(2, 2);
        cast(ballot, 0, Choice.APPROVE);
        cast(ballot, 1, Choice.REJECT);
        assertThat(ballot.result()).isEqualTo(Result.HOLD);
        assertThat(ballot.settled()).isTrue();
        assertThat(ballot.reason()).isEqualTo("tie 1 to 1");
    }

    @Test
    void shouldCountTheLastVoteAlone() {
        Ballot ballot = ballot(1, 3);
        cast(ballot, 0, Choice.APPROVE);
        cast(ballot, 0, Choice.REJECT);
        assertThat(ballot.result()).isEqualTo(Result.REJECT);
        assertThat(ballot.votes()).hasSize(1);
        assertThat(ballot.withdraw("g0")).isTrue();
        assertThat(ballot.withdraw("g0")).isFalse();
        assertThat(ballot.result()).isEqualTo(Result.HOLD);
    }

    @Test
    void shouldSayWhenAVoteChangesNothing() {
        Ballot ballot = ballot(1, 3);
        assertThat(cast(ballot, 0, Choice.APPROVE)).isTrue();
        assertThat(cast(ballot, 0, Choice.APPROVE)).isFalse();
        assertThat(ballot.cast(new Ballot.Cast("g0", Choice.APPROVE, NOON, List.of("only on Monday")))).isTrue();
        assertThat(ballot.conditions()).containsExactly("only on Monday");
        cast(ballot, 0, Choice.REJECT);
        assertThat(ballot.conditions()).isEmpty();
    }

    @Test
    void shouldTakeNoVoteFromAStranger() {
        assertThatThrownBy(() -> cast(ballot(1, 2), 7, Choice.APPROVE)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property(seed = "1", tries = 500)
    void shouldBeSettledExactlyWhenNoOpenVoteCanAlterTheResult(@ForAll @IntRange(min = 1, max = 6) int quorum,
            @ForAll @Size(max = 5) List<Choice> cast, @ForAll @IntRange(max = 4) int open) {
        Ballot ballot = ballot(quorum, cast.size() + open);
        for (int i = 0; i < cast.size(); i++) cast(ballot, i, cast.get(i));
        assertThat(ballot.settled()).isEqualTo(everyFuture(() -> ballot(quorum, cast.size() + open), cast, open).stream().distinct().count() == 1);
    }

    /** Results of all ways in which the open votes may fall, one by one. */
    private static List<Result> everyFuture(Supplier<Ballot> fresh, List<Choice> cast, int open) {
        List<Result> results = new ArrayList<>();
        for (int way = 0; way < Math.pow(4, open); way++) {
            Ballot ballot = fresh.get();
            for (int i = 0; i < cast.size(); i++) cast(ballot, i, cast.get(i));
            for (int i = 0, rest = way; i < open; i++, rest /= 4) if (rest % 4 < 3) cast(ballot, cast.size() + i, Choice.values()[rest % 4]);
            results.add(ballot.result());
        }
        return results;
    }

    @Test
    void shouldApproveOnlyWithTheApprovalsThatAreNeeded() {
        Ballot ballot = ballot(2, 4, new Approval(2, List.of("g0", "g1", "g2")));
        cast(ballot, 0, Choice.APPROVE);
        cast(ballot, 3, Choice.APPROVE);
        assertThat(ballot.result()).isEqualTo(Result.HOLD);
        assertThat(ballot.reason()).isEqualTo("majority 2 to 0, but 1 of 2 approvals that are needed of g0, g1, g2");
        cast(ballot, 1, Choice.APPROVE);
        assertThat(ballot.result()).isEqualTo(Result.APPROVE);
        cast(ballot, 2, Choice.REJECT);
        assertThat(ballot.result()).as("the majority stands, and two have approved").isEqualTo(Result.APPROVE);
        ballot.withdraw("g1");
        assertThat(ballot.result()).isEqualTo(Result.HOLD);
    }

    @Test
    void shouldRejectWithoutAnybodysApproval() {
        Ballot ballot = ballot(2, 4, new Approval(2, List.of("g0", "g1")));
        cast(ballot, 2, Choice.REJECT);
        cast(ballot, 3, Choice.REJECT);
        assertThat(ballot.result()).isEqualTo(Result.REJECT);
    }

    @Test
    void shouldHoldWhenThoseWhoMustApproveHaveLeftTheRoster() {
        Ballot ballot = ballot(1, 2, new Approval(1, List.of("gone")));
        cast(ballot, 0, Choice.APPROVE);
        cast(ballot, 1, Choice.APPROVE);
        assertThat(ballot.result()).isEqualTo(Result.HOLD);
        assertThat(ballot.settled()).isTrue();
    }

    @Property(seed = "1", tries = 500)
    void shouldBeSettledExactlyWhenNoOpenVoteCanAlterTheResultNorBringAnApproval(@ForAll @IntRange(min = 1, max = 4) int quorum,
            @ForAll @Size(max = 4) List<Choice> cast, @ForAll @IntRange(max = 3) int open, @ForAll @IntRange(min = 1, max = 3) int need,
            @ForAll @IntRange(min = 1, max = 127) int named) {
        List<String> of = IntStream.range(0, 7).filter(i -> (named >> i & 1) == 1).mapToObj(i -> "g" + i).toList();
        Supplier<Ballot> fresh = () -> ballot(quorum, cast.size() + open, new Approval(need, of));
        Ballot ballot = fresh.get();
        for (int i = 0; i < cast.size(); i++) cast(ballot, i, cast.get(i));
        assertThat(ballot.settled()).isEqualTo(everyFuture(fresh, cast, open).stream().distinct().count() == 1);
    }

    private static Ballot ballot(int quorum, int guardians, Approval needed) {
        return new Ballot(quorum, Optional.of(needed), IntStream.range(0, guardians).mapToObj(i -> "g" + i).toList());
    }

    private static Ballot ballot(int quorum, int guardians) {
        return new Ballot(quorum, Optional.empty(), IntStream.range(0, guardians).mapToObj(i -> "g" + i).toList());
    }

    private static boolean cast(Ballot ballot, int guardian, Choice choice) {
        return ballot.cast(new Ballot.Cast("g" + guardian, choice, NOON, List.of()));
    }
}
