package org.infrafabric.sip;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.infrafabric.call.CallOrder;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.call.Leg;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.LossyRelay;
import org.infrafabric.testkit.Ports;
import org.infrafabric.time.LoopTimers;
import org.infrafabric.transport.EventLoops;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two agents with real sockets and real time, and between them a network that loses, doubles and reorders: INVITE, ACK, BYE and CANCEL survive. */
class BadNetworkTest {
    private static final int CALLS = 12;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final EventLoops loops = EventLoops.open("storm", 1);
    private final EventLoop loop = loops.next();
    private final List<UserAgent> agents = new ArrayList<>();
    private final List<IncomingCall> ringing = new CopyOnWriteArrayList<>();
    private final List<Leg> answered = new CopyOnWriteArrayList<>();
    private final Heard caller = new Heard();
    private final Heard callee = new Heard();
    private boolean answering = true;
    private UserAgent calling;
    private UserAgent called;
    private LossyRelay relay;

    @BeforeEach
    void start() throws Exception {
        InetSocketAddress one = new InetSocketAddress("127.0.0.1", Ports.free(1));
        InetSocketAddress other = new InetSocketAddress("127.0.0.1", Ports.free(1));
        calling = agent(one, call -> {});
        called = agent(other, call -> {
            call.ring();
            ringing.add(call);
            if (answering) answered.add(call.answer(new TestAudio(40_002), callee));
        });
        relay = LossyRelay.between(one, other, LossyRelay.Weather.storm(15, 15, 60, 7));
    }

    @AfterEach
    void stop() {
        relay.close();
        agents.forEach(UserAgent::close);
        loops.close();
    }

    @Test
    void shouldAnswerAndEndEveryCallOnceOnBothSides() throws Exception {
        List<Leg> legs = dial();
        Await.that("all calls to be answered on both sides", PATIENCE,
                () -> caller.words.stream().filter("answered"::equals).count() == CALLS
                        && callee.words.stream().filter("answered"::equals).count() == CALLS);
        loop.submit(() -> legs.forEach(leg -> leg.hangUp("done"))).get(3, SECONDS);
        Await.that("all calls to be over on both sides", PATIENCE, () -> caller.ends.size() == CALLS && callee.ends.size() == CALLS);
        assertThat(answered).as("a repeated INVITE is no second call").hasSize(CALLS);
        assertThat(caller.ends).allMatch(end -> end.failure().isEmpty());
        assertThat(callee.ends).allMatch(end -> end.failure().isEmpty());
        assertThat(relay.lost()).isPositive();
        Await.that("nothing to be left", PATIENCE, () -> calling.calls() == 0 && called.calls() == 0);
    }

    @Test
    void shouldTakeBackEveryCallThatRings() throws Exception {
        answering = false;
        List<Leg> legs = dial();
        Await.that("all phones to ring", PATIENCE,
                () -> ringing.size() == CALLS && caller.words.stream().filter("ringing 180"::equals).count() == CALLS);
        loop.submit(() -> legs.forEach(leg -> leg.hangUp("no more"))).get(3, SECONDS);
        Await.that("no phone to ring any more", PATIENCE, () -> called.calls() == 0 && calling.calls() == 0);
        assertThat(caller.ends).hasSize(CALLS);
        assertThat(callee.ends).isEmpty();
        assertThat(relay.lost()).isPositive();
    }

    private List<Leg> dial() throws Exception {
        String target = "sip:expert@127.0.0.1:" + relay.towardsOther().getPort();
        return loop.submit(() -> {
            List<Leg> legs = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                Leg leg = calling.prepare(new CallOrder(target, "", Optional.empty(), new TestAudio(40_000)), caller);
                leg.dial();
                legs.add(leg);
            }
            return legs;
        }).get(3, SECONDS);
    }

    private UserAgent agent(InetSocketAddress address, IncomingCall.Receiver receiver) throws Exception {
        UserAgent agent = new UserAgent(new SipSettings(List.of(Endpoint.udp(address)), "sip:x@ifbus.test", "t"), loop, new LoopTimers(loop),
                receiver,
                EscalationHeaders.none(), SipJournal.NONE, SipCounters.NONE, HostResolver.system());
        agents.add(agent);
        List<Endpoint> unused = agent.start();
        return agent;
    }
}
