package org.infrafabric.sip;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.channel.EventLoop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import org.infrafabric.call.CallOrder;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.call.Leg;
import org.infrafabric.call.Provenance;
import org.infrafabric.testkit.Await;
import org.infrafabric.time.LoopTimers;
import org.infrafabric.transport.EventLoops;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** One user agent of ours on real loopback sockets, UDP and TCP, for tests against peers that others wrote. */
abstract class RealAgent {
    static final Duration SOON = Duration.ofSeconds(15);

    final LinkedBlockingQueue<IncomingCall> incoming = new LinkedBlockingQueue<>();
    final TestAudio audio = new TestAudio(41_000);
    final Heard heard = new Heard();
    /** What its calls are about. */
    Optional<Provenance> about = Optional.empty();
    private final EventLoops loops = EventLoops.open("sip-peers", 1);
    private final EventLoop loop = loops.next();
    private UserAgent agent;
    private List<Endpoint> endpoints;

    @TempDir Path folder;

    final void start(EscalationHeaders headers, SipAccess access) throws Exception {
        agent = new UserAgent(
                new SipSettings(List.of(Endpoint.parse("udp:127.0.0.1:0"), Endpoint.parse("tcp:127.0.0.1:0")), "sip:bus@ifbus.test", "ifbus/test"),
                loop, new LoopTimers(loop), incoming::add, headers, access, SipJournal.NONE, SipCounters.NONE, HostResolver.system());
        endpoints = agent.start();
    }

    /** Frees its sockets; another may be started. */
    final void end() { agent.close(); }

    @AfterEach
    final void stop() {
        end();
        loops.close();
    }

    final Leg dial(String uri) throws Exception {
        return on(() -> {
            Leg leg = agent.prepare(new CallOrder(uri, "A case", about, audio), heard);
            leg.dial();
            return leg;
        });
    }

    final void awaitWords(String... words) throws Exception {
        Await.until("the leg to say " + List.of(words), SOON, () -> heard.words, said -> said.equals(List.of(words)));
    }

    /** Where peers reach it: {@code 127.0.0.1:PORT}. */
    final String remote() { return Addresses.text(endpoints.getFirst().address()); }

    /** Does it on the agent's own thread. */
    final <T> T on(Callable<T> action) throws Exception { return loop.submit(action).get(5, SECONDS); }

    final void run(Runnable action) throws Exception { loop.submit(action).get(5, SECONDS); }
}
