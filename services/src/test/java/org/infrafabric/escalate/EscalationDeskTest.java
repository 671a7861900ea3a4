package org.infrafabric.escalate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.call.Leg;
import org.infrafabric.call.LegEnd;
import org.infrafabric.call.Provenance;
import org.infrafabric.escalate.Escalations.Refusal.Code;
import org.infrafabric.escalate.Escalations.Submission;
import org.infrafabric.escalate.Escalations.Vote;
import org.infrafabric.escalate.Escalations.VoteResult;
import org.infrafabric.guard.CouncilRules;
import org.infrafabric.media.AudioPort;
import org.infrafabric.message.Decision;
import org.infrafabric.message.Signatures;
import org.infrafabric.message.StrictJson;
import org.infrafabric.message.TraceIds;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class EscalationDeskTest {
    private final Bus bus = new Bus();

    @Test
    void shouldCarryAnEscalationFromItsMessageToItsDecision() throws Exception {
        bus.ringing();
        bus.phone("ada").ring();
        bus.advance(Duration.ofMillis(400));
        assertThat(bus.view("esc-1").state()).isEqualTo("RINGING");
        bus.answer("ada").press("ada", '1').advance(Duration.ofSeconds(2)).answer("sage").answer("skeptic");
        assertThat(bus.view("esc-1").state()).isEqualTo("IN_COUNCIL");
        assertThat(bus.phone("ada").port().joined).isTrue();
        assertThat(bus.view("esc-1").council().members()).contains(new EscalationView.Member("sage", true),
                new EscalationView.Member("ethicist", false));
        bus.advance(Duration.ofSeconds(3)).press("sage", '1').vote("esc-1", "skeptic", Vote.APPROVE, "after counsel signs");
        bus.advance(Duration.ofSeconds(5)).advance(Duration.ofSeconds(30));

        EscalationView view = bus.view("esc-1");
        assertThat(view.state()).isEqualTo("CLOSED");
        assertThat(view.recording()).contains("mix.wav");
        assertThat(view.ringMillis()).contains(0L);
        assertThat(view.setupMillis()).contains(400L);
        assertThat(view.history().stream().map(EscalationView.Step::state)).containsExactly("RECEIVED", "VALIDATED", "JUDGED", "RINGING", "ACCEPTED",
                "BRIEFED", "IN_COUNCIL", "DECIDED", "CLOSED");
        assertThat(bus.events("IF.escalate")).containsExactly("received", "validated", "judged", "ringing", "accepted", "briefed", "in_council",
                "decided",
                "closed");
        assertThat(bus.events("IF.record")).containsExactly("recording_written");
        assertThat(bus.phones).allMatch(phone -> phone.ended && phone.port().closed);
        assertThat(bus.desk.live()).isZero();

        ObjectNode message = StrictJson.parse(view.decision().orElseThrow().getBytes(StandardCharsets.UTF_8));
        assertThat(Signatures.verify(message, bus.key.verifyKey())).isTrue();
        Decision decision = Decision.read(message);
        assertThat(decision.verdict()).isEqualTo(Decision.Verdict.APPROVE_WITH_CONDITIONS);
        assertThat(decision.conditions()).containsExactly("after counsel signs");
        assertThat(decision.votes()).hasSize(2);
        JsonNode entry = bus.entries().get((int) decision.witness().seq() - 1);
        assertThat(entry.path("event").asString("")).isEqualTo("decided");
        assertThat(entry.path("hash").asString("")).isEqualTo(decision.witness().hash());
        assertThat(bus.posted).containsExactly(view.decision().orElseThrow());
        assertThat(bus.events("IF.message")).containsExactly("decision_delivered");
    }

    @Test
    void shouldNameItsFirstEntryInItsCalls() {
        bus.ringing();
        Provenance provenance = bus.phone("ada").order.provenance().orElseThrow();
        assertThat(provenance.witnessHash()).isEqualTo(bus.entries().getFirst().path("hash").asString(""));
        assertThat(provenance.traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(provenance.hazards()).containsExactly("legal");
    }

    @Test
    void shouldTellTheExpertWhatItIsAbout() {
        bus.ringing().answer("ada").press("ada", '1').advance(Duration.ofSeconds(2));
        assertThat(bus.phone("ada").port().heard.get(0)).contains("legal").contains("Press 1");
        assertThat(bus.phone("ada").port().heard.get(1)).contains("swarm legal 1").contains("May I publish the filing?").contains("high");
        assertThat(bus.phone("ada").port().heard.get(2)).contains("guardians");
    }

    @Test
    void shouldCallNoOneBeforeTheLogHasIt() {
        bus.start();
        bus.logFails = true;
        assertThat(bus.submit(bus.message("esc-1"))).isInstanceOfSatisfying(Submission.Refused.class,
                refused -> assertThat(refused.refusal().code()).isEqualTo(Code.OVERLOAD));
        assertThat(bus.phones).isEmpty();
        assertThat(bus.desk.find("esc-1")).isEmpty();
        assertThat(bus.desk.live()).isZero();
        bus.logFails = false;
        assertThat(bus.submit(bus.message("esc-1"))).isInstanceOf(Submission.Accepted.class);
    }

    @Test
    void shouldWaitWithWhatTheLogCannotTakeAndLoseNothing() {
        bus.inCouncil().advance(Duration.ofSeconds(3));
        bus.logFails = true;
        bus.press("sage", '1').press("skeptic", '1').advance(Duration.ofSeconds(8));
        assertThat(bus.view("esc-1").state()).isEqualTo("IN_COUNCIL");
        assertThat(bus.posts).isEmpty();
        assertThat(bus.phone("sage").ended).isFalse();
        bus.logFails = false;
        bus.advance(Duration.ofSeconds(30));
        assertThat(bus.view("esc-1").state()).isEqualTo("CLOSED");
        assertThat(bus.events("IF.council")).containsSubsequence("vote_cast", "vote_cast", "council_closed");
        assertThat(bus.posts).hasSize(1);
    }

    @Test
    void shouldCountACallToAnExpertWhoMayNotBeCalledAsFailed() {
        bus.maxLive = 100;
        bus.start();
        for (int i = 0; i < 11; i++) bus.submit(bus.message("esc-" + i));
        assertThat(bus.events("IF.guard")).contains("call_denied");
        assertThat(bus.phones.stream().filter(phone -> phone.order.target().equals("sip:ada@test"))).hasSize(10);
    }

    @Test
    void shouldHoldWhenEveryExpertDeclines() {
        bus.experts = List.of(Bus.expert("ada"));
        bus.start();
        bus.submit(bus.message("esc-1"));
        bus.phone("ada").fail(CallFailure.DECLINED);
        bus.timers.settle();
        assertThat(bus.view("esc-1").state()).isEqualTo("EXHAUSTED");
        assertThat(bus.view("esc-1").decision().orElseThrow()).contains("\"hold\"");
    }

    @Test
    void shouldCancelWhileRinging() {
        bus.ringing();
        var cancelled = bus.desk.cancel("esc-1", "op");
        bus.timers.settle();
        assertThat(cancelled.join().orElseThrow().state()).isEqualTo("CANCELLED");
        assertThat(bus.rings("ada")).isFalse();
        assertThat(bus.view("esc-1").decision().orElseThrow()).contains("\"cancelled\"");
        bus.advance(Duration.ofMinutes(2));
        var again = bus.desk.cancel("esc-1", "op");
        bus.timers.settle();
        assertThat(again.join().orElseThrow().state()).isEqualTo("CANCELLED");
        var none = bus.desk.cancel("nothing", "op");
        bus.timers.settle();
        assertThat(none.join()).isEmpty();
    }

    @Test
    void shouldAnswerVotesThatDoNotCount() {
        bus.ringing();
        var early = bus.desk.vote("esc-1", "sage", Vote.APPROVE, List.of(), Optional.empty());
        bus.timers.settle();
        assertThat(early.join()).isInstanceOf(VoteResult.Closed.class);
        var none = bus.desk.vote("nothing", "sage", Vote.APPROVE, List.of(), Optional.empty());
        bus.timers.settle();
        assertThat(none.join()).isInstanceOf(VoteResult.NoSuchEscalation.class);
        bus.answer("ada").press("ada", '1').advance(Duration.ofSeconds(2)).answer("sage");
        var stranger = bus.desk.vote("esc-1", "nobody", Vote.APPROVE, List.of(), Optional.empty());
        bus.timers.settle();
        assertThat(stranger.join()).isInstanceOf(VoteResult.NotEligible.class);
    }

    @Nested
    class AtTheDoor {
        @Test
        void shouldGiveTheSameEscalationForTheSameMessageAndNoneForAnother() {
            bus.start();
            ObjectNode message = bus.message("esc-1");
            bus.submit(message);
            assertThat(bus.submit(message)).isInstanceOf(Submission.Repeated.class);
            ObjectNode altered = message.deepCopy();
            altered.remove("signature");
            ((ObjectNode) altered.path("payload")).put("summary", "May I publish everything?");
            assertRefused(bus.submit(altered), Code.CONFLICT);
            bus.crash();
            assertThat(bus.submit(message)).isInstanceOf(Submission.Repeated.class);
            assertRefused(bus.submit(altered), Code.CONFLICT);
            bus.desk.cancel("esc-1", "op");
            bus.advance(Duration.ofMinutes(10)); // long closed, and its timestamp stale for a new message
            assertThat(bus.submit(message)).isInstanceOfSatisfying(Submission.Repeated.class,
                    repeated -> assertThat(repeated.view().state()).isEqualTo("CANCELLED"));
            assertThat(bus.events("IF.escalate").stream().filter("received"::equals)).hasSize(1);
        }

        @Test
        void shouldRefuseWhatItMustNotTake() {
            bus.start();
            assertRefused(bus.submit("hello".getBytes(StandardCharsets.UTF_8)), Code.MALFORMED);
            assertRefused(bus.submit("{\"id\":1}".getBytes(StandardCharsets.UTF_8)), Code.SCHEMA);
            ObjectNode foreign = bus.message("esc-1");
            foreign.put("source", "if://agent/other");
            assertRefused(bus.submit(foreign), Code.UNKNOWN_AGENT);
            ObjectNode asDecision = bus.message("x".repeat(120)); // a decision's id may be that long, an escalation's not
            ((ObjectNode) asDecision.path("payload")).put("performative", "DECISION");
            assertRefused(bus.submit(asDecision), Code.SCHEMA);
            assertRefused(bus.submit(bus.message("esc-1").toString().getBytes(StandardCharsets.UTF_8)), Code.SIGNATURE);
            byte[] tampered = new String(bus.signed(bus.message("esc-1")), StandardCharsets.UTF_8).replace("filing", "ruling")
                    .getBytes(StandardCharsets.UTF_8);
            assertRefused(bus.submit(tampered), Code.SIGNATURE);
            ObjectNode old = bus.message("esc-1");
            bus.advance(Duration.ofSeconds(301));
            assertRefused(bus.submit(old), Code.STALE);
            ObjectNode odd = bus.message("esc-1");
            ((ObjectNode) odd.path("payload")).putArray("hazards").add("volcano");
            assertRefused(bus.submit(odd), Code.UNKNOWN_HAZARD);
            assertThat(bus.desk.list(Optional.empty(), 10)).isEmpty();
            assertThat(bus.events("IF.message")).containsOnly("message_refused").hasSize(8);
            assertThat(bus.events("IF.escalate")).isEmpty();
        }

        @Test
        void shouldLetTheSignatureSayWhoAsksWithATokenOfAllAgents() {
            bus.start();
            ObjectNode foreign = bus.message("esc-1");
            foreign.put("source", "if://agent/other");
            assertRefused(bus.submit(bus.signed(foreign), ""), Code.UNKNOWN_AGENT);
            assertRefused(bus.submit(bus.message("esc-1").toString().getBytes(StandardCharsets.UTF_8), ""), Code.SIGNATURE);
            assertThat(bus.submit(bus.signed(bus.message("esc-1")), "")).isInstanceOf(Submission.Accepted.class);
            assertThat(bus.entries().stream().filter(entry -> entry.path("event").asString("").equals("validated")).toList())
                    .allMatch(entry -> entry.path("payload").path("agent").asString("").equals(Bus.AGENT)).hasSize(1);
        }

        @Test
        void shouldNotLetHostileInputFillTheLog() {
            bus.start();
            for (int i = 0; i < 500; i++) bus.submit("{".getBytes(StandardCharsets.UTF_8));
            assertThat(bus.events("IF.message")).hasSize(20);
            bus.advance(Duration.ofSeconds(1)).submit("{".getBytes(StandardCharsets.UTF_8));
            assertThat(bus.entries().getLast().path("payload").path("suppressed").intValue()).isEqualTo(480);
        }

        @Test
        void shouldRefuseWhatItCannotCarry() {
            bus.maxLive = 1;
            bus.start();
            bus.submit(bus.message("esc-1"));
            assertRefused(bus.submit(bus.message("esc-2")), Code.OVERLOAD);
            bus.desk.cancel("esc-1", "op");
            bus.advance(Duration.ofSeconds(1));
            assertThat(bus.submit(bus.message("esc-2"))).isInstanceOf(Submission.Accepted.class);
            var drained = bus.desk.drain(Duration.ofMinutes(1));
            assertRefused(bus.submit(bus.message("esc-3")), Code.OVERLOAD);
            assertThat(drained).isNotDone();
            bus.desk.cancel("esc-2", "op");
            bus.advance(Duration.ofSeconds(1));
            assertThat(drained).isDone();
        }

        @Test
        void shouldNameTheEvidenceThatNobodyMayFetchAndAskPeopleAllTheSame() {
            bus.start();
            ObjectNode message = bus.message("esc-1");
            ArrayNode evidence = ((ObjectNode) message.path("payload")).putArray("evidence");
            evidence.addObject().put("name", "filing.md").put("mediaType", "text/markdown").put("sha256", "ab".repeat(32)).put("uri",
                    "https://agent.test/filing.md");
            evidence.addObject().put("name", "inner.md").put("mediaType", "text/markdown").put("sha256", "ab".repeat(32)).put("uri",
                    "http://169.254.169.254/latest");
            assertThat(bus.submit(message)).isInstanceOf(Submission.Accepted.class);
            JsonNode received = bus.entries().getFirst().path("payload");
            assertThat(received.path("evidenceBarred").valueStream().map(JsonNode::stringValue)).containsExactly("inner.md");
            assertThat(bus.rings("ada")).isTrue();
        }

        @Test
        void shouldTakeNothingMoreThanTheVoiceCanTellPeople() {
            bus.start();
            bus.voiceBehindMillis = 2_000;
            assertRefused(bus.submit(bus.message("esc-1")), Code.OVERLOAD);
            bus.voiceBehindMillis = 1_999;
            assertThat(bus.submit(bus.message("esc-1"))).isInstanceOf(Submission.Accepted.class);
        }

        /** The store was asked for it before it was there, and the desk when it was over: a second one must not come of that, nor a refusal. */
        @Test
        void shouldKnowARepetitionThatTookLongerThanTheEscalationItself() {
            List<Runnable> late = new ArrayList<>();
            AtomicBoolean slow = new AtomicBoolean();
            bus.owner = task -> {
                if (slow.get()) late.add(task);
                else bus.timers.execute(task);
            };
            bus.start();
            byte[] message = bus.signed(confident("esc-1", 0.9));
            slow.set(true);
            CompletableFuture<Submission> repetition = bus.desk.submit(message, Bus.AGENT, bus.timers.nowNanos());
            slow.set(false);
            assertThat(bus.submit(message)).isInstanceOf(Submission.Accepted.class);
            bus.advance(Duration.ofSeconds(1));
            assertThat(bus.view("esc-1").state()).isEqualTo("SHARED");
            late.forEach(bus.timers::execute);
            bus.timers.settle();
            assertThat(repetition.join()).isInstanceOfSatisfying(Submission.Repeated.class,
                    same -> assertThat(same.view().state()).isEqualTo("SHARED"));
            assertThat(bus.events("IF.escalate").stream().filter("received"::equals)).hasSize(1);
        }

        @Test
        void shouldCallNobodyForWhatThePolicySharesOrHolds() {
            bus.start();
            bus.submit(confident("esc-1", 0.9));
            bus.submit(confident("esc-2", 0.25));
            bus.advance(Duration.ofSeconds(1));
            assertThat(bus.view("esc-1").state()).isEqualTo("SHARED");
            assertThat(bus.view("esc-1").decision().orElseThrow()).contains("\"not-required\"");
            assertThat(bus.view("esc-2").state()).isEqualTo("HELD");
            assertThat(bus.view("esc-2").decision().orElseThrow()).contains("\"hold\"");
            assertThat(bus.phones).isEmpty();
            assertThat(bus.desk.live()).isZero();
        }

        private ObjectNode confident(String id, double confidence) {
            ObjectNode message = bus.message(id);
            ObjectNode payload = (ObjectNode) message.path("payload");
            payload.put("performative", "INFORM").putArray("hazards").add("bias");
            payload.putObject("confidence").put("normalized", confidence);
            return message;
        }

        private static void assertRefused(Submission submission, Code code) {
            assertThat(submission).isInstanceOfSatisfying(Submission.Refused.class, refused -> assertThat(refused.refusal().code()).isEqualTo(code));
        }
    }

    @Nested
    class AfterACrash {
        @Test
        void shouldGoOnRinging() {
            bus.ringing().crash();
            assertThat(bus.strays).isNotEmpty().allMatch(token -> token.startsWith("token-"));
            assertThat(bus.view("esc-1").state()).isEqualTo("RINGING");
            assertThat(bus.rings("ada")).isTrue();
            bus.answer("ada").press("ada", '1').advance(Duration.ofSeconds(2)).answer("sage").answer("skeptic").advance(Duration.ofSeconds(3));
            bus.press("sage", '2').press("skeptic", '2').advance(Duration.ofSeconds(40));
            assertThat(bus.view("esc-1").state()).isEqualTo("CLOSED");
            assertThat(bus.events("IF.escalate").stream().filter("ringing"::equals)).hasSize(2);
            assertThat(bus.events("IF.escalate").stream().filter("decided"::equals)).hasSize(1);
        }

        @Test
        void shouldCallTheCouncilTogetherAgain() {
            bus.inCouncil().advance(Duration.ofSeconds(3)).press("sage", '1').crash();
            assertThat(bus.strays).anyMatch(token -> token.endsWith("-answered"));
            assertThat(bus.view("esc-1").state()).isEqualTo("IN_COUNCIL");
            assertThat(bus.rings("ada")).isTrue();
            bus.answer("skeptic").advance(Duration.ofSeconds(3)).press("skeptic", '1').advance(Duration.ofSeconds(40));
            assertThat(bus.view("esc-1").decision().orElseThrow()).contains("\"approve\"");
            assertThat(bus.view("esc-1").history().stream().map(EscalationView.Step::state)).containsExactly("RECEIVED", "VALIDATED", "JUDGED",
                    "RINGING",
                    "ACCEPTED", "BRIEFED", "IN_COUNCIL", "DECIDED", "CLOSED");
        }

        @Test
        void shouldHoldWhenItComesBackTooLate() {
            bus.inCouncil();
            bus.phones.forEach(phone -> phone.dead = true);
            bus.timers.jumpWall(Duration.ofMinutes(6));
            bus.crash();
            assertThat(bus.view("esc-1").decision().orElseThrow()).contains("\"hold\"").contains("\"restarted\"");
        }

        @Test
        void shouldCloseWhatWasDecidedAndLeaveTheClosedAlone() {
            bus.decided();
            assertThat(bus.view("esc-1").state()).isEqualTo("DECIDED");
            bus.crash().advance(Duration.ofSeconds(1));
            assertThat(bus.view("esc-1").state()).isEqualTo("CLOSED");
            int entries = bus.entries().size();
            bus.crash().advance(Duration.ofMinutes(1));
            assertThat(bus.entries()).hasSize(entries);
        }
    }

    @Test
    void shouldLetTheWordsOfAMessageGoWithItsBlob() {
        bus.ringing();
        String blob = bus.entries().stream().filter(entry -> entry.path("event").asString("").equals("received")).findFirst().orElseThrow()
                .at("/payload/request/blob/id").asString();
        assertThatThrownBy(() -> bus.log.deleteBlob(blob, "asked for", KeptWords::forget).join()).as("people are being told it")
                .hasMessageContaining("still runs");
        assertThat(bus.log.reader().blob(blob)).isPresent();

        bus.desk.cancel("esc-1", "op");
        bus.advance(Duration.ofSeconds(10));
        bus.log.deleteBlob(blob, "asked for", KeptWords::forget).join();
        assertThat(bus.view("esc-1").summary()).isEmpty();
        assertThat(bus.view("esc-1").state()).isEqualTo("CANCELLED");
        assertThat(bus.store.<List<String>>read(tx -> tx.query("SELECT matter || view || kept FROM escalations", row -> row.text(0))))
                .noneMatch(kept -> kept.contains("May I publish"));
    }

    @Test
    void shouldLetTheExpertDecideAlone() {
        bus.rules = new CouncilRules(0, Duration.ofMinutes(5), Duration.ofSeconds(30), false, false);
        bus.ringing().answer("ada").press("ada", '1').advance(Duration.ofSeconds(2)).press("ada", '1').advance(Duration.ofSeconds(30));
        assertThat(bus.view("esc-1").state()).isEqualTo("CLOSED");
        assertThat(bus.view("esc-1").decision().orElseThrow()).contains("\"approve\"");
    }

    @Test
    void shouldNotLetAnExpertDecideACaseThatNoVoiceHasTold() {
        bus.rules = new CouncilRules(0, Duration.ofMinutes(5), Duration.ofSeconds(30), false, false);
        bus.experts = List.of(Bus.expert("ada"));
        bus.ringing().answer("ada");
        bus.hoarse = true;
        bus.press("ada", '1').advance(Duration.ofSeconds(3)).press("ada", '1').advance(Duration.ofMinutes(1));
        assertThat(bus.view("esc-1").state()).isEqualTo("EXHAUSTED");
        assertThat(bus.view("esc-1").decision().orElseThrow()).contains("\"hold\"");
        assertThat(bus.events("IF.escalate")).doesNotContain("briefed");
        assertThat(bus.entries().stream().filter(entry -> entry.path("event").asString("").equals("prompt_unspoken"))
                .map(entry -> entry.path("payload").path("prompt").asString(""))).containsExactly("briefing", "declined");
    }
}
