package org.infrafabric.escalate;

import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.infrafabric.escalate.State.*;
import static org.infrafabric.escalate.World.expert;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.LegEnd;
import org.infrafabric.escalate.Ballot.Choice;
import org.infrafabric.escalate.Voting.Voted;
import org.infrafabric.guard.Accept;
import org.infrafabric.guard.CouncilRules;
import org.infrafabric.guard.Expert;
import org.infrafabric.guard.Guardian;
import org.infrafabric.guard.Judgement;
import org.infrafabric.witness.EventType;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class EscalationTest {
    private static final CouncilRules QUORUM_0 = new CouncilRules(0, Duration.ofMinutes(5), Duration.ofSeconds(30), false, false);
    private final World world = new World().guardians("sage", "skeptic", "ethicist");

    private World ringing() { return world.begin(World.RULES, Optional.empty(), List.of(List.of(expert("ada")), List.of(expert("bob")))); }

    private World accepted() { return ringing().answer("ada").press("ada", '1'); }

    private World inCouncil() { return accepted().hears("ada", Phrase.BRIEFING).answer("sage"); }

    private World ring(CouncilRules rules, Optional<Duration> deadline) {
        return world.begin(rules, deadline, List.of(List.of(expert("ada")), List.of(expert("bob"))));
    }

    @Test
    void shouldGoTheWholeWayToACouncilsDecision() {
        inCouncil().answer("skeptic");
        assertThat(world.state()).isEqualTo(IN_COUNCIL);
        world.advance(3, SECONDS).press("sage", '1').press("skeptic", '1');
        assertThat(world.advance(4, SECONDS).state()).isEqualTo(IN_COUNCIL);
        assertThat(world.advance(1, SECONDS).state()).isEqualTo(DECIDED);
        assertThat(world.verdict().decision()).isEqualTo("approve");
        assertThat(world.verdict().reason()).isEqualTo("majority 2 to 0");
        world.advance(2, MINUTES);
        world.escalation.onTidied();
        assertThat(world.states).containsExactly(RECEIVED, VALIDATED, JUDGED, RINGING, ACCEPTED, BRIEFED, IN_COUNCIL, DECIDED, CLOSED);
        assertThat(world.live).isEmpty();
        assertThat(world.escalation.over()).isTrue();
    }

    @Nested
    class Rungs {
        @Test
        void shouldTryABusyExpertAgainAndThenTheNextRung() {
            ringing().fails("ada", CallFailure.BUSY);
            assertThat(world.calling("ada")).isFalse();
            world.advance(3, SECONDS);
            assertThat(world.callsTo("ada")).isEqualTo(2);
            world.fails("ada", CallFailure.BUSY);
            assertThat(world.calling("bob")).isTrue();
            assertThat(world.escalation.rung()).isEqualTo(2);
        }

        @Test
        void shouldNotCallAgainWhoDeclined() {
            ringing().fails("ada", CallFailure.DECLINED);
            assertThat(world.calling("bob")).isTrue();
            assertThat(world.callsTo("ada")).isEqualTo(1);
        }

        @Test
        void shouldExhaustWhenNobodyAnswers() {
            ringing().advance(20, SECONDS);
            assertThat(world.calling("ada")).isFalse();
            world.advance(3, MINUTES);
            assertThat(world.callsTo("ada")).isEqualTo(2);
            assertThat(world.callsTo("bob")).isEqualTo(2);
            assertThat(world.state()).isEqualTo(EXHAUSTED);
            assertThat(world.verdict().decision()).isEqualTo("hold");
            assertThat(world.states).containsExactly(RECEIVED, VALIDATED, JUDGED, RINGING, RINGING, EXHAUSTED);
        }

        @Test
        void shouldTellAPhoneThatWasNotAnsweredFromACallThatWasCancelled() {
            ringing().advance(20, SECONDS);
            world.escalation.onEnded(1, new LegEnd(Optional.of(CallFailure.CANCELLED), false, 487, "no answer"), world.now);
            assertThat(world.notes.getLast()).isEqualTo(EventType.CALL_ENDED);
            assertThat(world.details.getLast().path("failure").asString()).isEqualTo("no-answer");
            assertThat(world.details.getLast().path("status").intValue()).isEqualTo(487);
        }

        @Test
        void shouldTakeSilenceForNoAcceptanceAfterTwoPrompts() {
            ringing().answer("ada").advance(14, SECONDS);
            assertThat(world.said).containsExactly(new World.Said(1, Phrase.ACCEPT), new World.Said(1, Phrase.ACCEPT));
            assertThat(world.calling("bob")).isFalse();
            world.advance(1, SECONDS);
            assertThat(world.calling("bob")).isTrue();
            assertThat(world.lastSaidTo("ada")).isEqualTo(Phrase.DECLINED);
            world.hears("ada", Phrase.DECLINED);
            assertThat(world.calling("ada")).isFalse();
        }

        @Test
        void shouldGoOnWhenTheExpertPressesTwo() {
            ringing().answer("ada").press("ada", '2');
            assertThat(world.calling("bob")).isTrue();
            assertThat(world.states).doesNotContain(ACCEPTED);
        }

        @Test
        void shouldLetTheFirstOfAParallelRungWinAndTellTheOthers() {
            world.begin(World.RULES, Optional.empty(), List.of(List.of(expert("ada"), expert("bob"), expert("cleo"))));
            world.answer("ada").answer("bob").press("bob", '1');
            assertThat(world.escalation.expert()).contains("sip:bob@test");
            assertThat(world.calling("cleo")).isFalse();
            assertThat(world.lastSaidTo("ada")).isEqualTo(Phrase.TAKEN);
            world.press("ada", '1');
            assertThat(world.escalation.expert()).contains("sip:bob@test");
            assertThat(world.advance(10, SECONDS).calling("ada")).isFalse();
        }

        @Test
        void shouldCountHangingUpInTheBriefingAsDeclined() {
            accepted();
            assertThat(world.state()).isEqualTo(ACCEPTED);
            world.hangsUp("ada");
            assertThat(world.state()).isEqualTo(RINGING);
            assertThat(world.calling("bob")).isTrue();
            assertThat(world.calling("sage")).isTrue();
        }

        @Test
        void shouldNameNoExpertOnceTheLastOneHasHungUp() {
            accepted().hangsUp("ada").fails("bob", CallFailure.DECLINED);
            world.advance(30, SECONDS);
            assertThat(world.state()).isEqualTo(EXHAUSTED);
            assertThat(world.escalation.expert()).isEmpty();
        }

        @Test
        void shouldHoldTheCouncilWithoutAnExpertWhoHasHungUp() {
            CouncilRules alone = new CouncilRules(2, Duration.ofMinutes(5), Duration.ofSeconds(30), false, true);
            world.begin(alone, Optional.empty(), List.of(List.of(World.expert("ada")))).answer("ada").press("ada", '1').hangsUp("ada").answer("sage");
            assertThat(world.state()).isEqualTo(IN_COUNCIL);
            assertThat(world.escalation.expert()).isEmpty();
            world.restart(Duration.ofSeconds(10));
            assertThat(world.calling("ada")).as("who has left is not called again").isFalse();
        }

        @Test
        void shouldAcceptByTheAnswerItself() {
            Expert quick = new Expert("sip:ada@test", "ada", java.util.Set.of("legal"), Accept.ANSWER, Duration.ofSeconds(20));
            world.begin(World.RULES, Optional.empty(), List.of(List.of(quick))).answer("ada");
            assertThat(world.state()).isEqualTo(ACCEPTED);
        }

        @Test
        void shouldMeetWithoutAnExpertWhenTheRulesSaySo() {
            ring(new CouncilRules(2, Duration.ofMinutes(5), Duration.ofSeconds(30), false, true), Optional.empty());
            world.fails("ada", CallFailure.DECLINED).fails("bob", CallFailure.DECLINED).answer("sage");
            assertThat(world.state()).isEqualTo(IN_COUNCIL);
        }

        @Test
        void shouldHangUpOnWhoAnswersTooLate() {
            ringing();
            int leg = world.leg("ada");
            world.advance(20, SECONDS);
            world.escalation.onAnswered(leg, 0, world.now);
            assertThat(world.live).doesNotContain(leg);
            assertThat(world.states).doesNotContain(ACCEPTED);
        }
    }

    @Nested
    class Council {
        @Test
        void shouldOpenWhenTheGatheringIsOverWithoutAnyGuardian() {
            accepted().hears("ada", Phrase.BRIEFING);
            assertThat(world.advance(29, SECONDS).state()).isEqualTo(BRIEFED);
            assertThat(world.advance(1, SECONDS).state()).isEqualTo(IN_COUNCIL);
        }

        @Test
        void shouldNotOpenBeforeTheBriefingIsOver() {
            accepted().answer("sage").advance(40, SECONDS);
            assertThat(world.state()).isEqualTo(ACCEPTED);
            world.hears("ada", Phrase.BRIEFING);
            assertThat(world.state()).isEqualTo(IN_COUNCIL);
        }

        @Test
        void shouldTakeNoDigitForAVoteBeforeVotingIsOpenOrRightAfterJoining() {
            accepted().answer("sage").advance(5, SECONDS).press("sage", '2').hears("ada", Phrase.BRIEFING);
            world.answer("skeptic").advance(1, SECONDS).press("skeptic", '2');
            assertThat(world.escalation.ballot().orElseThrow().votes()).isEmpty();
            world.advance(1, SECONDS).press("skeptic", '2');
            assertThat(world.escalation.ballot().orElseThrow().votes()).hasSize(1);
        }

        @Test
        void shouldHoldWithoutAQuorumAtTheDeadline() {
            inCouncil().advance(3, SECONDS).press("sage", '1').advance(5, MINUTES);
            assertThat(world.verdict().decision()).isEqualTo("hold");
            assertThat(world.verdict().reason()).isEqualTo("no quorum: 1 of 2 votes");
        }

        @Test
        void shouldWaitAgainWhenAVoteChanges() {
            inCouncil().answer("skeptic").advance(3, SECONDS).press("sage", '1').press("skeptic", '1').advance(4, SECONDS).press("skeptic", '2');
            assertThat(world.advance(10, SECONDS).state()).isEqualTo(IN_COUNCIL);
            world.press("skeptic", '*').press("skeptic", '1').advance(5, SECONDS);
            assertThat(world.verdict().decision()).isEqualTo("approve");
            assertThat(world.notes).contains(EventType.VOTE_WITHDRAWN);
        }

        @Test
        void shouldTurnConditionsIntoAConditionalApproval() {
            inCouncil().advance(3, SECONDS).press("sage", '1');
            assertThat(vote("ethicist", Choice.APPROVE, "after counsel signs")).isEqualTo(Voted.COUNTED);
            world.advance(5, SECONDS);
            assertThat(world.verdict().decision()).isEqualTo("approve-with-conditions");
            assertThat(world.verdict().conditions()).containsExactly("after counsel signs");
        }

        @Test
        void shouldTakeHttpVotesOnlyFromTheRosterAndOnlyWhileOpen() {
            accepted();
            assertThat(vote("sage", Choice.APPROVE)).isEqualTo(Voted.CLOSED);
            world.hears("ada", Phrase.BRIEFING).answer("sage");
            world.guardians("newcomer");
            assertThat(vote("newcomer", Choice.APPROVE)).isEqualTo(Voted.NOT_ELIGIBLE);
            vote("sage", Choice.REJECT);
            vote("skeptic", Choice.REJECT);
            world.advance(5, SECONDS);
            assertThat(world.verdict().decision()).isEqualTo("reject");
            assertThat(vote("ethicist", Choice.APPROVE)).isEqualTo(Voted.CLOSED);
        }

        @Test
        void shouldGoOnWhenTheExpertLeaves() {
            inCouncil().hangsUp("ada");
            assertThat(world.state()).isEqualTo(IN_COUNCIL);
            assertThat(world.calling("bob")).isFalse();
        }

        @Test
        void shouldCallAGuardianAgainWhoDoesNotAnswer() {
            accepted().advance(40, SECONDS);
            assertThat(world.callsTo("sage")).isGreaterThanOrEqualTo(2);
            world.answer("sage").hangsUp("sage").advance(60, SECONDS);
            assertThat(world.calling("sage")).isFalse();
        }

        @Test
        void shouldAskAGuardianToPressOneWhereTheRosterSaysSo() {
            world.roster.clear();
            world.roster.add(new Guardian("sage", "sip:sage@test", Accept.DTMF));
            accepted().hears("ada", Phrase.BRIEFING).answer("sage");
            assertThat(world.state()).isEqualTo(BRIEFED);
            world.press("sage", '1');
            assertThat(world.state()).isEqualTo(IN_COUNCIL);
            assertThat(world.joined).contains(world.leg("sage"));
            assertThat(world.lastSaidTo("sage")).isEqualTo(Phrase.LATE_SUMMARY);
        }

        @Test
        void shouldRingGuardiansEarlyWhenAskedTo() {
            ring(new CouncilRules(2, Duration.ofMinutes(5), Duration.ofSeconds(30), true, false), Optional.empty());
            assertThat(world.calling("sage")).isTrue();
            world.answer("sage");
            assertThat(world.state()).isEqualTo(RINGING);
            world.fails("ada", CallFailure.DECLINED).fails("bob", CallFailure.DECLINED);
            assertThat(world.state()).isEqualTo(EXHAUSTED);
            assertThat(world.advance(1, MINUTES).live).isEmpty();
        }

        private Voted vote(String guardian, Choice choice, String... conditions) {
            return world.escalation.onVote(guardian, Optional.of(choice), List.of(conditions), Optional.empty(), world.now);
        }
    }

    @Nested
    class Alone {
        @Test
        void shouldLetTheExpertDecideAfterTheBriefing() {
            ring(QUORUM_0, Optional.empty()).answer("ada").press("ada", '1').press("ada", '1');
            assertThat(world.state()).isEqualTo(ACCEPTED);
            world.hears("ada", Phrase.BRIEFING).press("ada", '2');
            assertThat(world.verdict().decision()).isEqualTo("reject");
            assertThat(world.calling("sage")).isFalse();
            assertThat(world.states).doesNotContain(IN_COUNCIL);
        }

        @Test
        void shouldHoldWhenTheExpertSaysNothing() {
            ring(QUORUM_0, Optional.empty()).answer("ada").press("ada", '1').hears("ada", Phrase.BRIEFING).advance(5, MINUTES);
            assertThat(world.state()).isEqualTo(DECIDED);
            assertThat(world.verdict().decision()).isEqualTo("hold");
        }

        @Test
        void shouldGoToTheNextRungWhenTheExpertHangsUpUndecided() {
            ring(QUORUM_0, Optional.empty()).answer("ada").press("ada", '1').hears("ada", Phrase.BRIEFING).hangsUp("ada");
            assertThat(world.calling("bob")).isTrue();
        }
    }

    @Nested
    class Ends {
        @Test
        void shouldExpireWhenTheMessagesDeadlinePassesBeforeACouncil() {
            ring(World.RULES, Optional.of(Duration.ofSeconds(10))).advance(10, SECONDS);
            assertThat(world.state()).isEqualTo(EXPIRED);
            assertThat(world.verdict().decision()).isEqualTo("hold");
            assertThat(world.live).isEmpty();
        }

        @Test
        void shouldCloseTheCouncilAtTheMessagesDeadline() {
            ring(World.RULES, Optional.of(Duration.ofSeconds(60))).answer("ada").press("ada", '1').hears("ada", Phrase.BRIEFING).answer("sage");
            world.advance(3, SECONDS).press("sage", '1');
            world.escalation.onVote("skeptic", Optional.of(Choice.ABSTAIN), List.of(), Optional.empty(), world.now);
            world.advance(57, SECONDS);
            assertThat(world.verdict().decision()).isEqualTo("approve");
        }

        @Test
        void shouldStopTheRingingOnCancel() {
            ringing();
            assertThat(world.escalation.onCancel("op", world.now)).isTrue();
            assertThat(world.state()).isEqualTo(CANCELLED);
            assertThat(world.live).isEmpty();
            assertThat(world.verdict().decision()).isEqualTo("cancelled");
            assertThat(world.escalation.onCancel("op", world.now)).isFalse();
        }

        @Test
        void shouldCallNobodyWhenTheGuardSaysSo() {
            record Case(Judgement judgement, State end, String decision) {}
            for (Case expected : List.of(new Case(new Judgement.Denied(World.RULING), DENIED, "denied"),
                    new Case(new Judgement.Held(World.RULING), HELD, "hold"),
                    new Case(new Judgement.Shared(World.RULING), SHARED, "not-required"))) {
                World quiet = new World();
                quiet.escalation = new Escalation(World.matter(Optional.empty()), Pace.USUAL, quiet, World.NOON, 0);
                quiet.escalation.onReceived("if://agent/a", false, Payload.of());
                quiet.escalation.onJudged(expected.judgement(), 0);
                quiet.escalation.onReady(0);
                quiet.escalation.onTidied();
                assertThat(quiet.state()).isEqualTo(expected.end());
                assertThat(quiet.verdict().decision()).isEqualTo(expected.decision());
                assertThat(quiet.dialled).isEmpty();
                assertThat(quiet.escalation.over()).isTrue();
            }
        }

        @Test
        void shouldEndEvenWhenNoLegEverConfirmsItsEnd() {
            inCouncil();
            world.escalation.onCancel("op", world.now);
            world.advance(2, MINUTES);
            assertThat(world.tidied).isEqualTo(1);
            assertThat(world.escalation.over()).isTrue();
        }
    }

    @Nested
    class AfterACrash {
        @Test
        void shouldRepeatTheRungThatRang() {
            ringing().fails("ada", CallFailure.DECLINED).restart(Duration.ofSeconds(30));
            assertThat(world.calling("bob")).isTrue();
            assertThat(world.calling("ada")).isFalse();
            assertThat(world.states).endsWith(RINGING, RINGING);
        }

        @Test
        void shouldRepeatTheRungOfAnExpertWhoHadAccepted() {
            accepted().hears("ada", Phrase.BRIEFING).restart(Duration.ofSeconds(30));
            assertThat(world.state()).isEqualTo(RINGING);
            assertThat(world.calling("ada")).isTrue();
        }

        @Test
        void shouldDialTheCouncilAgainAndLetVotesStand() {
            inCouncil().advance(3, SECONDS).press("sage", '1').restart(Duration.ofSeconds(60));
            assertThat(world.state()).isEqualTo(IN_COUNCIL);
            assertThat(world.calling("ada")).isTrue();
            world.answer("ada").press("ada", '1').answer("skeptic").advance(3, SECONDS).press("skeptic", '1').advance(5, SECONDS);
            assertThat(world.verdict().decision()).isEqualTo("approve");
            assertThat(world.verdict().votes()).hasSize(2);
            assertThat(world.states.stream().filter(IN_COUNCIL::equals)).hasSize(1);
        }

        @Test
        void shouldHoldWhenTheDeadlineIsSpent() {
            inCouncil().advance(3, SECONDS).press("sage", '1').restart(Duration.ofMinutes(6));
            assertThat(world.state()).isEqualTo(DECIDED);
            assertThat(world.verdict().decision()).isEqualTo("hold");
            assertThat(world.verdict().reason()).isEqualTo("restarted");
        }

        @Test
        void shouldExpireWhenTheMessagesDeadlineIsSpent() {
            ring(World.RULES, Optional.of(Duration.ofSeconds(60))).restart(Duration.ofSeconds(61));
            assertThat(world.state()).isEqualTo(EXPIRED);
            assertThat(world.verdict().reason()).isEqualTo("restarted");
        }

        @Test
        void shouldCloseWhatWasDecided() {
            inCouncil().answer("skeptic").advance(3, SECONDS).press("sage", '1').press("skeptic", '1').advance(5, SECONDS);
            world.restart(Duration.ofSeconds(30));
            world.escalation.onTidied();
            assertThat(world.states).endsWith(DECIDED, CLOSED);
            assertThat(world.verdicts).hasSize(1);
        }
    }

    @Nested
    class CallingIn {
        @Test
        void shouldLetAGuardianCallIn() {
            accepted().hears("ada", Phrase.BRIEFING);
            int leg = world.escalation.onCalledIn(world.roster.get(1), "sip:skeptic@elsewhere", world.now);
            assertThat(leg).isPositive();
            assertThat(world.calling("skeptic")).isFalse(); // its other phone stops ringing
            world.escalation.onAnswered(leg, 0, world.now);
            assertThat(world.state()).isEqualTo(IN_COUNCIL);
            assertThat(world.escalation.onBridge("skeptic")).isTrue();
        }

        @Test
        void shouldHaveNoPartForWhoComesTooEarlyOrTooLate() {
            ring(QUORUM_0, Optional.empty());
            assertThat(world.escalation.onCalledIn(world.roster.get(1), "sip:skeptic@elsewhere", world.now)).isZero();
            world.escalation.onCancel("op", world.now);
            assertThat(world.escalation.onCalledIn(expert("bob"), "sip:bob@test", world.now)).isZero();
        }

        @Test
        void shouldLetAnExpertCallInWhileItRings() {
            ringing();
            int leg = world.escalation.onCalledIn(expert("cleo"), "sip:cleo@test", world.now);
            world.escalation.onAnswered(leg, 0, world.now);
            world.escalation.onDigit(leg, '1', world.now);
            assertThat(world.escalation.expert()).contains("sip:cleo@test");
            assertThat(world.calling("ada")).isFalse();
        }
    }
}
