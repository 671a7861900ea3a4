package org.infrafabric.sip;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.infrafabric.sip.SippLines.INVITED;
import static org.infrafabric.sip.SippLines.ack;
import static org.infrafabric.sip.SippLines.answer;
import static org.infrafabric.sip.SippLines.back;
import static org.infrafabric.sip.SippLines.call;
import static org.infrafabric.sip.SippLines.confirm;
import static org.infrafabric.sip.SippLines.confirmCancel;
import static org.infrafabric.sip.SippLines.invite;
import static org.infrafabric.sip.SippLines.lost;
import static org.infrafabric.sip.SippLines.ok;
import static org.infrafabric.sip.SippLines.pause;
import static org.infrafabric.sip.SippLines.perhaps;
import static org.infrafabric.sip.SippLines.repeated;
import static org.infrafabric.sip.SippLines.request;
import static org.infrafabric.sip.SippLines.response;
import static org.infrafabric.sip.SippLines.ringing;
import static org.infrafabric.sip.SippLines.sent;
import static org.infrafabric.sip.SippLines.tagged;
import static org.infrafabric.testkit.LossyRelay.Weather.losingEachOnce;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.infrafabric.call.CallOrder;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.call.Leg;
import org.infrafabric.call.LegEnd;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.LossyRelay;
import org.infrafabric.testkit.Requires;
import org.infrafabric.testkit.Sipp;
import org.infrafabric.testkit.SippScenario;
import org.infrafabric.time.LoopTimers;
import org.infrafabric.transport.EventLoops;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * sipp as a peer whose messages are lost, doubled, reordered, too late or too early. Both sides are judged: sipp by its scenario, which must run to its end, and we
 * by what the leg told, by what was written down, and by having no call left and answering the next question.
 */
class UnrulyPeersTest {
    private static final Duration SOON = Duration.ofSeconds(15);

    /** The phone hangs up. */
    private static final String BYE = sent(back("BYE", 1, "bye", false)) + response(200);

    private final EventLoops loops = EventLoops.open("unruly", 1);
    private final EventLoop loop = loops.next();
    private final TestAudio audio = new TestAudio(41_000);
    private final List<SipJournal.Event> journal = new CopyOnWriteArrayList<>();
    private final List<IncomingCall> incoming = new CopyOnWriteArrayList<>();
    private UserAgent agent;
    private Endpoint here;
    private Optional<Leg> leg = Optional.empty();
    /** What we do when something happens on a leg; run on the owner's thread. */
    private Runnable onRinging = () -> {};
    private Runnable onAnswered = () -> {};
    private IncomingCall.Receiver onIncoming = call -> {};

    private final Heard heard = new Heard() {
        @Override
        public void onRinging(Leg from, int status) {
            super.onRinging(from, status);
            onRinging.run();
        }

        @Override
        public void onAnswered(Leg from) {
            super.onAnswered(from);
            onAnswered.run();
        }
    };

    @TempDir Path folder;

    @BeforeEach
    void start() throws Exception {
        Requires.programs("sipp");
        agent = new UserAgent(new SipSettings(List.of(Endpoint.parse("udp:127.0.0.1:0")), "sip:bus@ifbus.test", "ifbus/test"), loop,
                new LoopTimers(loop), call -> {
                    incoming.add(call);
                    onIncoming.onIncoming(call);
                }, EscalationHeaders.none(), journal::add, SipCounters.NONE, HostResolver.system());
        here = agent.start().getFirst();
    }

    @AfterEach
    void stop() {
        agent.close();
        loops.close();
    }

    // --- a phone that we call ----------------------------------------------------------------------------------------------------------

    @Test
    void shouldGetAllCallsThroughWhenEachMessageIsLostAtFirst() throws Exception {
        int calls = 6;
        String acks = "<recv request=\"ACK\" optional=\"true\"/>\n".repeat(4); // it may come after the BYE
        String steps = INVITED + repeated(ok()) + acks + request("BYE") + sent(confirm()) + pause(2_000); // to confirm the BYE again
        try (Sipp sipp = Sipp.callee(folder, SippScenario.called(steps), calls);
                LossyRelay relay = LossyRelay.between(here.address(), new InetSocketAddress("127.0.0.1", sipp.port()), losingEachOnce())) {
            String target = "sip:expert@" + Addresses.text(relay.towardsOther());
            loop.submit(() -> {
                for (int i = 0; i < calls; i++) {
                    agent.prepare(new CallOrder(target, "A case", Optional.empty(), audio), new Heard() {
                        @Override
                        public void onAnswered(Leg answered) {
                            heard.words.add("answered");
                            answered.hangUp("over");
                        }

                        @Override
                        public void onEnded(Leg ended, LegEnd end) { heard.onEnded(ended, end); }
                    }).dial();
                }
            }).get(5, SECONDS);
            assertThat(sipp.await(Duration.ofSeconds(60))).as("sipp's scenario; the legs told " + heard.words + "\n" + sipp.messages()).isZero();
            assertThat(relay.lost()).as("INVITE, 200, ACK, BYE and 200 of each call").isEqualTo(5 * calls);
        }
        Await.until("no call to be left", SOON, agent::calls, left -> left == 0);
        assertThat(heard.words).hasSize(2 * calls).containsOnly("answered", "ended well by us");
    }

    @Test
    void shouldWaitForAnAnswerThatWasLostAtFirst() throws Exception {
        hangUpWhenAnswered();
        calling(INVITED + lost(ringing()) + lost(ok()) + pause(200) + sent(ok()) + request("ACK") + request("BYE") + sent(confirm()));
        told("answered", "ended well by us");
        wrote("INVITE_SENT", "ANSWERED", "BYE_SENT");
    }

    @Test
    void shouldAskAgainWhenTheAnswerToItsByeIsLost() throws Exception {
        hangUpWhenAnswered();
        calling(INVITED + sent(ok()) + request("ACK") + request("BYE") + lost(confirm()) + request("BYE") + sent(confirm()));
        told("answered", "ended well by us");
        wrote("INVITE_SENT", "ANSWERED", "BYE_SENT");
    }

    @Test
    void shouldTellEachThingOnceToWhomAllIsSaidTwice() throws Exception {
        String twice = sent(answer("100 Trying", "", false)) + sent(answer("100 Trying", "", false)) + sent(ringing()) + sent(ringing());
        calling(INVITED + twice + sent(ok()) + request("ACK") + sent(ok()) + request("ACK") + BYE);
        told("ringing 180", "answered", "ended well by peer");
        wrote("INVITE_SENT", "RINGING", "ANSWERED", "BYE_RECEIVED");
    }

    @Test
    void shouldAcknowledgeEveryCopyOfAnAnswer() throws Exception {
        calling(INVITED + sent(ok()) + request("ACK") + sent(ok()) + request("ACK") + sent(ok()) + request("ACK") + BYE);
        told("answered", "ended well by peer");
    }

    @Test
    void shouldIgnoreRingingThatTheAnswerOvertook() throws Exception {
        calling(INVITED + sent(ok()) + request("ACK") + sent(ringing()) + sent(answer("183 Session Progress", "", false)) + BYE);
        told("answered", "ended well by peer");
        wrote("INVITE_SENT", "ANSWERED", "BYE_RECEIVED");
    }

    @Test
    void shouldTakeAByeThatDoesNotWaitForTheAck() throws Exception {
        calling(INVITED + sent(ok()) + sent(back("BYE", 1, "bye", false)) + request("ACK") + response(200), "BYE sip:");
        told("answered", "ended well by peer");
        wrote("INVITE_SENT", "ANSWERED", "BYE_RECEIVED");
    }

    @Test
    void shouldOutliveAByeThatOvertookTheAnswer() throws Exception {
        hangUpWhenAnswered();
        calling(INVITED + sent(ringing()) + sent(back("BYE", 1, "bye", false)) + response(481) + sent(ok()) + request("ACK") + request("BYE")
                + sent("SIP/2.0 481 Call/Transaction Does Not Exist\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\nContent-Length: 0\n\n"));
        told("ringing 180", "answered", "ended well by us");
    }

    @Test
    void shouldConfirmEachCopyOfAByeAndKnowNoneThatComesAfter() throws Exception {
        calling(INVITED + sent(ok()) + request("ACK") + sent(back("BYE", 1, "bye", false)) + response(200) + sent(back("BYE", 1, "bye", false))
                + response(200) + sent(back("BYE", 2, "late", false)) + response(481));
        told("answered", "ended well by peer");
        wrote("INVITE_SENT", "ANSWERED", "BYE_RECEIVED");
    }

    @Test
    void shouldHangUpOnWhoAnswersAfterTheCancel() throws Exception {
        onRinging = this::hangUp;
        calling(INVITED + sent(ringing()) + request("CANCEL") + sent(confirmCancel()) + sent(ok()) + request("ACK") + request("BYE")
                + sent(confirm()));
        told("ringing 180", "ended cancelled by us");
        wrote("INVITE_SENT", "RINGING", "CANCEL_SENT", "BYE_SENT");
    }

    @Test
    void shouldHangUpOnWhoAnswersInsteadOfConfirmingTheCancel() throws Exception {
        onRinging = this::hangUp;
        calling(INVITED + sent(ringing()) + request("CANCEL") + lost(confirmCancel()) + sent(ok()) + request("ACK") + request("BYE")
                + sent(confirm()));
        told("ringing 180", "ended cancelled by us");
        wrote("INVITE_SENT", "RINGING", "CANCEL_SENT", "BYE_SENT");
    }

    @Test
    void shouldPayNoHeedToAnAnswerAfterTheEnd() throws Exception {
        onRinging = this::hangUp;
        calling(INVITED + sent(ringing()) + request("CANCEL") + sent(confirmCancel()) + sent(answer("487 Request Terminated", "", false))
                + request("ACK") + sent(ok()) + pause(200));
        told("ringing 180", "ended cancelled by us");
        wrote("INVITE_SENT", "RINGING", "CANCEL_SENT");
    }

    @Test
    void shouldAcknowledgeEachCopyOfARefusalAndIgnoreWhatItOvertook() throws Exception {
        String busy = sent(answer("486 Busy Here", "", false));
        calling(INVITED + busy + request("ACK") + sent(ringing()) + sent(answer("183 Session Progress", "", false)) + busy + request("ACK"));
        told("ended busy by peer");
        wrote("INVITE_SENT", "CALL_FAILED");
    }

    @Test
    void shouldAgreeToAnOfferThatDoesNotWaitForTheAck() throws Exception {
        calling(INVITED + sent(ok()) + sent(back("INVITE", 1, "again", true)) + request("ACK") + perhaps(100) + response(200)
                + sent(back("ACK", 1, "ack", false)) + sent(back("BYE", 2, "bye", false)) + response(200), "INVITE sip:bus@");
        told("answered", "ended well by peer");
        assertThat(audio.connected).hasSize(2);
    }

    @Test
    void shouldPutOffAnOfferThatOvertookTheAnswer() throws Exception {
        hangUpWhenAnswered();
        calling(INVITED + sent(ringing()) + sent(back("INVITE", 1, "again", true)) + perhaps(100) + response(491)
                + sent(back("ACK", 1, "again", false)) + sent(ok()) + request("ACK") + request("BYE") + sent(confirm()));
        told("ringing 180", "answered", "ended well by us");
    }

    @Test
    void shouldAcknowledgeAReliableProvisionalOnceAndBearItsAnswerBeforeThePrack() throws Exception {
        String progress = sent(answer("183 Session Progress", "Require: 100rel\nRSeq: 77\n", true));
        String keep = "<recv request=\"PRACK\"><action><ereg regexp=\".*\" search_in=\"hdr\" header=\"Via:\" assign_to=\"pvia\"/></action></recv>"
                + "<Reference variables=\"pvia\"/>\n";
        String late = "SIP/2.0 200 OK\nVia:[$pvia]\nFrom:[$caller]\nTo:[$callee];tag=[pid]T[call_number]\n[last_Call-ID:]\nCSeq: 2 PRACK\n"
                + "Content-Length: 0\n\n";
        String messages = calling(INVITED + progress + keep + progress + sent(answer("200 OK", "", false)) + request("ACK") + sent(late) + BYE);
        told("ringing 183", "answered", "ended well by peer");
        assertThat(messages.split("\nPRACK sip:", -1)).as("one PRACK for two copies").hasSize(2);
        assertThat(audio.connected).hasSize(1);
    }

    @Test
    void shouldRefreshAShortSessionByUpdateAndByReinvite() throws Exception {
        String terms = "Require: timer\nSession-Expires: 3;refresher=uac\n";
        calling(INVITED + sent(answer("200 OK", terms + "Allow: INVITE,ACK,BYE,UPDATE\n", true)) + request("ACK") + request("UPDATE")
                + sent(confirm(terms + "Allow: INVITE,ACK,BYE\n", false)) + request("INVITE") + sent(confirm(terms, true)) + request("ACK") + BYE);
        told("answered", "ended well by peer");
    }

    @Test
    void shouldHangUpOnWhoDoesNotRefreshTheSession() throws Exception {
        calling(INVITED + sent(answer("200 OK", "Require: timer\nSession-Expires: 2;refresher=uas\n", true)) + request("ACK") + request("BYE")
                + sent(confirm()));
        told("answered", "ended unreachable by us");
        wrote("INVITE_SENT", "ANSWERED", "BYE_SENT");
    }

    // --- a phone that calls us ---------------------------------------------------------------------------------------------------------

    @Test
    void shouldRingOnceForAnInviteThatComesTwice() throws Exception {
        answerAfter(300);
        called(sent(invite("")) + response(180) + sent(invite("")) + response(180) + tagged(200) + sent(ack(1, "ack")) + sent(ack(1, "ack"))
                + sent(call("BYE", 2, "bye", true, "", false)) + response(200) + sent(call("BYE", 2, "bye", true, "", false)) + response(200));
        told("answered", "ended well by peer");
        assertThat(incoming).hasSize(1);
        wrote("INVITE_RECEIVED", "INVITE_ACCEPTED", "BYE_RECEIVED");
    }

    @Test
    void shouldRepeatItsAnswerUntilAnAckGetsThrough() throws Exception {
        answerAfter(0);
        called(sent(invite("")) + perhaps(100) + perhaps(180) + tagged(200) + lost(ack(1, "ack")) + response(200) + lost(ack(1, "ack"))
                + response(200) + sent(ack(1, "ack")) + sent(call("BYE", 2, "bye", true, "", false)) + response(200));
        told("answered", "ended well by peer");
    }

    @Test
    void shouldEndACallWhoseByeOvertookTheAck() throws Exception {
        answerAfter(0);
        called(sent(invite("")) + perhaps(100) + perhaps(180) + tagged(200) + sent(call("BYE", 2, "bye", true, "", false)) + response(200)
                + sent(ack(1, "ack")) + pause(700)); // no further copy of the 200 comes
        told("ended well by peer");
        wrote("INVITE_RECEIVED", "INVITE_ACCEPTED", "BYE_RECEIVED");
    }

    @Test
    void shouldEndACallThatIsHungUpWhileItRings() throws Exception {
        onIncoming = IncomingCall::ring;
        called(sent(invite("")) + perhaps(100) + tagged(180) + sent(call("BYE", 2, "bye", true, "", false)) + response(200) + response(487)
                + sent(call("ACK", 1, "first", true, "", false)));
        assertThat(heard.words).isEmpty();
        wrote("INVITE_RECEIVED", "BYE_RECEIVED");
    }

    @Test
    void shouldConfirmACancelThatComesAfterTheAnswerAndGoOn() throws Exception {
        answerAfter(0);
        called(sent(invite("")) + perhaps(100) + perhaps(180) + tagged(200) + sent(call("CANCEL", 1, "first", false, "", false)) + response(200)
                + sent(ack(1, "ack")) + pause(100) + sent(call("BYE", 2, "bye", true, "", false)) + response(200));
        told("answered", "ended well by peer");
        wrote("INVITE_RECEIVED", "INVITE_ACCEPTED", "BYE_RECEIVED");
    }

    @Test
    void shouldEndOnceACallThatIsCancelledTwice() throws Exception {
        onIncoming = IncomingCall::ring;
        String cancel = sent(call("CANCEL", 1, "first", false, "", false));
        called(sent(invite("")) + perhaps(100) + tagged(180) + cancel + response(200) + response(487) + cancel + response(200)
                + sent(call("ACK", 1, "first", true, "", false)) + cancel + response(200));
        wrote("INVITE_RECEIVED", "CANCEL_RECEIVED");
    }

    @Test
    void shouldKnowNothingOfACancelBeforeItsInvite() throws Exception {
        onIncoming = IncomingCall::ring;
        called(sent(call("CANCEL", 1, "first", false, "", false)) + response(481) + sent(invite("")) + perhaps(100) + tagged(180)
                + sent(call("CANCEL", 1, "first", false, "", false)) + response(200) + response(487)
                + sent(call("ACK", 1, "first", true, "", false)));
        wrote("INVITE_RECEIVED", "CANCEL_RECEIVED");
    }

    @Test
    void shouldPutOffAnOfferThatOvertookTheAck() throws Exception {
        answerAfter(0);
        called(sent(invite("")) + perhaps(100) + perhaps(180) + tagged(200) + sent(call("INVITE", 2, "again", true, "", true)) + perhaps(100)
                + response(500) + sent(call("ACK", 2, "again", true, "", false)) + sent(ack(1, "ack"))
                + sent(call("INVITE", 3, "third", true, "", true)) + perhaps(100) + response(200) + sent(ack(3, "ack3"))
                + sent(call("BYE", 4, "bye", true, "", false)) + response(200));
        told("answered", "ended well by peer");
        assertThat(audio.connected).hasSize(2);
    }

    @Test
    void shouldMakeTheOfferToWhoMakesNone() throws Exception {
        answerAfter(0);
        String messages = called(sent(call("INVITE", 1, "first", false, "", false)) + perhaps(100) + perhaps(180) + tagged(200)
                + sent(call("ACK", 1, "ack", true, "", true)) + pause(100) + sent(call("BYE", 2, "bye", true, "", false)) + response(200));
        told("answered", "ended well by peer");
        assertThat(messages).contains("m=audio 41000 ");
        assertThat(audio.connected).as("by the answer in the ACK").hasSize(1);
    }

    @Test
    void shouldHoldWhoOffersAtTheSameMomentAfterBothHaveGivenWay() throws Exception {
        onIncoming = call -> {
            call.ring();
            loop.execute(() -> leg = Optional.of(call.answer(audio, heard)));
        };
        onAnswered = () -> assertThat(leg.orElseThrow().hold()).isTrue();
        String ours = INVITED.replace(" rrs=\"true\"", "").replace("</action>",
                "<ereg regexp=\".*\" search_in=\"hdr\" header=\"CSeq:\" assign_to=\"number\"/></action>").replace("via,caller", "number,via,caller");
        String pending = "SIP/2.0 491 Request Pending\nVia:[$via]\nFrom:[$caller]\nTo:[$callee]\n[last_Call-ID:]\nCSeq:[$number]\n"
                + "Content-Length: 0\n\n";
        String messages = called(sent(invite("")) + perhaps(100) + perhaps(180) + tagged(200) + sent(ack(1, "ack")) + ours
                + sent(call("INVITE", 2, "cross", true, "", true)) + perhaps(100) + response(491) + sent(call("ACK", 2, "cross", true, "", false))
                + sent(pending) + request("ACK") + request("INVITE") + sent(confirm("", true)) + request("ACK")
                + sent(call("BYE", 3, "bye", true, "", false)) + response(200));
        told("answered", "ended well by peer");
        assertThat(messages.split("a=sendonly", -1)).as("asked for twice").hasSize(3);
    }

    @Test
    void shouldRingReliablyThroughLostDoubledForeignAndLatePracks() throws Exception {
        onIncoming = call -> {
            call.ring();
            var unused = loop.schedule(() -> call.answer(audio, heard), 1_200, MILLISECONDS);
        };
        String keep = "<recv response=\"180\"><action><ereg regexp=\"tag=([^;]*)\" search_in=\"hdr\" header=\"To:\" check_it=\"true\" "
                + "assign_to=\"whole,tag\"/><ereg regexp=\"[0-9]+\" search_in=\"hdr\" header=\"RSeq:\" check_it=\"true\" assign_to=\"rseq\"/></action>"
                + "</recv>\n<Reference variables=\"whole,tag,rseq\"/>\n";
        String prack = call("PRACK", 3, "prack", true, "RAck: [$rseq] 1 INVITE\n", false);
        called(sent(invite("Require: 100rel\n")) + perhaps(100) + keep + lost(prack) + response(180)
                + sent(call("PRACK", 2, "foreign", true, "RAck: 1 9 INVITE\n", false)) + response(481) + sent(prack) + response(200) + sent(prack)
                + response(200) + response(200) + sent(call("PRACK", 4, "late", true, "RAck: [$rseq] 1 INVITE\n", false)) + response(200)
                + sent(ack(1, "ack")) + sent(call("BYE", 5, "bye", true, "", false)) + response(200));
        told("answered", "ended well by peer");
    }

    @Test
    void shouldAgreeToSessionsThatAreLongEnoughAndToTheirRefreshes() throws Exception {
        answerAfter(0);
        String timer = "Supported: timer\nSession-Expires: ";
        String messages = called(sent(call("INVITE", 1, "short", false, timer + "30\n", true)) + perhaps(100) + response(422)
                + sent(call("ACK", 1, "short", false, "", false))
                + sent(call("INVITE", 2, "long", false, timer + "90;refresher=uac\nMin-SE: 90\n", true)) + perhaps(100) + perhaps(180) + tagged(200)
                + sent(ack(2, "ack")) + sent(call("UPDATE", 3, "update", true, timer + "90;refresher=uac\n", false)) + response(200)
                + sent(call("UPDATE", 4, "brief", true, timer + "60\n", false)) + response(422)
                + sent(call("INVITE", 5, "again", true, timer + "100;refresher=uac\n", true)) + perhaps(100) + response(200) + sent(ack(5, "ack5"))
                + sent(call("BYE", 6, "bye", true, "", false)) + response(200));
        told("answered", "ended well by peer");
        assertThat(messages).contains("Min-SE: 90", "Session-Expires: 90;refresher=uac", "Session-Expires: 100;refresher=uac");
    }

    // --- how it is judged --------------------------------------------------------------------------------------------------------------

    private void hangUpWhenAnswered() { onAnswered = this::hangUp; }

    private void hangUp() { leg.orElseThrow().hangUp("over"); }

    private void answerAfter(int millis) {
        onIncoming = call -> {
            call.ring();
            var unused = loop.schedule(() -> call.answer(audio, heard), millis, MILLISECONDS);
        };
    }

    private String calling(String steps) throws Exception { return calling(steps, ""); }

    /** @param ahead we read nothing before sipp has said this: so its messages come in the order in which they stand, whatever we say to the first */
    private String calling(String steps, String ahead) throws Exception {
        try (Sipp sipp = Sipp.exactCallee(folder, SippScenario.called(steps))) {
            loop.submit(() -> {
                leg = Optional.of(agent.prepare(new CallOrder(sipp.uri("expert"), "A case", Optional.empty(), audio), heard));
                leg.get().dial();
                loop.execute(() -> { // behind what sends it
                    for (long until = System.nanoTime() + SOON.toNanos(); !ahead.isEmpty() && System.nanoTime() < until && !said(sipp, ahead);)
                        LockSupport.parkNanos(5_000_000);
                });
            }).get(5, SECONDS);
            return judge(sipp);
        }
    }

    private static boolean said(Sipp sipp, String words) {
        try {
            return sipp.messages().contains("\n" + words);
        } catch (IOException notYet) {
            return false;
        }
    }

    private String called(String steps) throws Exception {
        try (Sipp sipp = Sipp.exactCaller(folder, SippScenario.called(steps), Addresses.text(here.address()), "bus")) {
            return judge(sipp);
        }
    }

    private String judge(Sipp sipp) throws Exception {
        assertThat(sipp.await(SOON)).as("sipp's scenario; the leg told " + heard.words + "\n" + sipp.messages()).isZero();
        Await.until("no call to be left", SOON, agent::calls, calls -> calls == 0);
        SippScenario question = SippScenario.called(sent(call("OPTIONS", 1, "question", false, "", false)) + response(200));
        try (Sipp asking = Sipp.exactCaller(folder, question, Addresses.text(here.address()), "bus")) {
            assertThat(asking.await(SOON)).as("it answers what comes next").isZero();
        }
        return sipp.messages();
    }

    private void told(String... words) throws Exception {
        Await.until("the leg to tell " + List.of(words), SOON, () -> List.copyOf(heard.words), said -> said.size() >= words.length);
        assertThat(heard.words).containsExactly(words);
    }

    private void wrote(String... kinds) { assertThat(journal).extracting(event -> event.kind().name()).containsExactly(kinds); }
}
