package org.infrafabric.sip;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import io.netty.channel.EventLoop;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.CallOrder;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.call.Leg;
import org.infrafabric.testkit.Await;
import org.infrafabric.time.LoopTimers;
import org.infrafabric.transport.EventLoops;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two user agents, each on a loop of its own, over real sockets on loopback. */
class LoopbackCallTest {
    private final EventLoops loops = EventLoops.open("sip-test", 2);
    private final List<UserAgent> agents = new ArrayList<>();
    private final LinkedBlockingQueue<IncomingCall> incoming = new LinkedBlockingQueue<>();
    private final Party caller = new Party("bus", call -> call.refuse(CallFailure.BUSY));
    private final Party callee = new Party("expert", incoming::add);
    private final TestAudio callerAudio = new TestAudio(40_000);
    private final TestAudio calleeAudio = new TestAudio(40_002);
    private final Heard callerHeard = new Heard();
    private final Heard calleeHeard = new Heard();

    @AfterEach
    void close() {
        agents.forEach(UserAgent::close);
        loops.close();
    }

    @ParameterizedTest
    @EnumSource(Endpoint.Protocol.class)
    void shouldCallRingAnswerAndHangUp(Endpoint.Protocol protocol) throws Exception {
        Leg out = dial(protocol);
        IncomingCall call = ring();
        eventually(() -> callerHeard.words.contains("ringing 180"));
        Leg in = callee.on(() -> call.answer(calleeAudio, calleeHeard));
        eventually(() -> calleeHeard.words.contains("answered") && callerHeard.words.contains("answered"));
        assertThat(callerAudio.connected.getFirst().remote()).isEqualTo(calleeAudio.local());
        assertThat(calleeAudio.connected.getFirst().remote()).isEqualTo(callerAudio.local());
        assertThat(out.id()).isEqualTo(in.id());
        caller.run(() -> out.hangUp("done"));
        eventually(() -> calleeHeard.words.contains("ended well by peer"));
        eventually(() -> callerHeard.words.equals(List.of("ringing 180", "answered", "ended well by us")));
        assertThat(callee.on(callee.agent::calls)).isZero();
    }

    @ParameterizedTest
    @EnumSource(Endpoint.Protocol.class)
    void shouldHearTheCalleeHangUp(Endpoint.Protocol protocol) throws Exception {
        dial(protocol);
        IncomingCall call = ring();
        Leg in = callee.on(() -> call.answer(calleeAudio, calleeHeard));
        eventually(() -> calleeHeard.words.contains("answered"));
        callee.run(() -> in.hangUp("goodbye"));
        eventually(() -> callerHeard.words.contains("ended well by peer"));
        assertThat(callerHeard.ends.getFirst().phrase()).contains("goodbye");
    }

    @Test
    void shouldCancelWhileRinging() throws Exception {
        Leg out = dial(Endpoint.Protocol.UDP);
        IncomingCall call = ring();
        LinkedBlockingQueue<String> cancelled = new LinkedBlockingQueue<>();
        callee.run(() -> call.onCancelled(() -> cancelled.add("yes")));
        eventually(() -> callerHeard.words.contains("ringing 180"));
        caller.run(() -> out.hangUp("changed our mind"));
        assertThat(cancelled.poll(3, SECONDS)).isEqualTo("yes");
        eventually(() -> callerHeard.words.contains("ended cancelled by us"));
        assertThat(callee.on(callee.agent::calls)).isZero();
    }

    @Test
    void shouldTellBusyFromDeclined() throws Exception {
        dial(Endpoint.Protocol.UDP);
        IncomingCall call = incoming.poll(3, SECONDS);
        callee.run(() -> call.refuse(CallFailure.BUSY));
        eventually(() -> callerHeard.words.contains("ended busy by peer"));
    }

    @Test
    void shouldEndAStrayThatWasAnswered() throws Exception {
        Leg out = dial(Endpoint.Protocol.UDP);
        IncomingCall call = ring();
        callee.on(() -> call.answer(calleeAudio, calleeHeard));
        eventually(() -> calleeHeard.words.contains("answered") && callerHeard.words.contains("answered"));
        String token = caller.on(out::resumeToken);
        Party reborn = new Party("bus", c -> {});
        reborn.run(() -> reborn.agent.endStray(token));
        eventually(() -> calleeHeard.words.contains("ended well by peer"));
    }

    @Test
    void shouldSayWhichAddressIsTaken() throws Exception {
        Endpoint taken = caller.endpoints.getFirst();
        UserAgent second = new UserAgent(new SipSettings(List.of(taken), "sip:a@b.c", "t"), loops.next(), new LoopTimers(loops.next()), call -> {},
                EscalationHeaders.none(), SipJournal.NONE, SipCounters.NONE, HostResolver.system());
        assertThatThrownBy(second::start).isInstanceOf(IOException.class).hasMessageContaining(taken.toString());
    }

    private Leg dial(Endpoint.Protocol protocol) throws Exception {
        String target = "sip:expert@127.0.0.1:" + callee.port(protocol) + (protocol == Endpoint.Protocol.TCP ? ";transport=tcp" : "");
        return caller.on(() -> {
            Leg leg = caller.agent.prepare(new CallOrder(target, "A hazard", Optional.empty(), callerAudio), callerHeard);
            leg.dial();
            return leg;
        });
    }

    private IncomingCall ring() throws Exception {
        IncomingCall call = incoming.poll(3, SECONDS);
        assertThat(call).isNotNull();
        assertThat(call.from()).isEqualTo("sip:bus@ifbus.test");
        callee.run(call::ring);
        return call;
    }

    private static void eventually(Callable<Boolean> condition) throws Exception { Await.that("it", Duration.ofSeconds(5), condition); }

    private final class Party {
        final EventLoop loop = loops.next();
        final UserAgent agent;
        final List<Endpoint> endpoints;

        Party(String user, IncomingCall.Receiver receiver) {
            List<Endpoint> any = List.of(Endpoint.parse("udp:127.0.0.1:0"), Endpoint.parse("tcp:127.0.0.1:0"));
            agent = new UserAgent(new SipSettings(any, "sip:" + user + "@ifbus.test", "ifbus/test"), loop, new LoopTimers(loop), receiver,
                    EscalationHeaders.none(), SipJournal.NONE, SipCounters.NONE, HostResolver.system());
            try {
                endpoints = agent.start();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            agents.add(agent);
        }

        int port(Endpoint.Protocol protocol) {
            return endpoints.stream().filter(e -> e.protocol() == protocol).map(Endpoint::address).mapToInt(InetSocketAddress::getPort).findFirst()
                    .orElseThrow();
        }

        <T> T on(Callable<T> action) throws Exception { return loop.submit(action).get(5, SECONDS); }

        void run(Runnable action) throws Exception { loop.submit(action).get(5, SECONDS); }
    }
}
