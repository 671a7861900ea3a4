package org.infrafabric.bench;

import org.infrafabric.media.SilentPort;
import java.net.InetSocketAddress;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.util.List;
import org.infrafabric.call.Leg;
import org.infrafabric.sip.Endpoint;
import org.infrafabric.sip.EscalationHeaders;
import org.infrafabric.sip.HostResolver;
import org.infrafabric.sip.SipCounters;
import org.infrafabric.sip.SipJournal;
import org.infrafabric.sip.SipSettings;
import org.infrafabric.sip.UserAgent;
import org.infrafabric.time.LoopTimers;
import org.infrafabric.transport.EventLoops;

/**
 * The subject of {@code bench sip-calls}, in a process of its own: ifbus's user agent, that answers every call at once. Transactions, dialogs, offer and
 * answer are real; there is no media, no witness log and no policy behind it.
 */
public final class AnsweringAgent {
    private static final int MAX_CALLS = 1_000_000;

    private AnsweringAgent() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        EventLoop owner = EventLoops.open("sip", 1).next();
        SipSettings settings = new SipSettings(List.of(Endpoint.parse("udp:127.0.0.1:" + arguments[0])), "sip:uas@127.0.0.1", "ifbus/bench",
                MAX_CALLS);
        UserAgent agent = new UserAgent(settings, owner, new LoopTimers(owner), call -> {
            Leg unused = call.answer(new SilentPort(new InetSocketAddress("127.0.0.1", 40_000)), new Indifferent());
        }, EscalationHeaders.none(), new Overloads(), SipCounters.NONE, HostResolver.system());
        System.out.println("ready " + agent.start().getFirst().address().getPort());
        Thread.currentThread().join();
    }

    /** Says on stdout why calls are turned away. */
    private static final class Overloads implements SipJournal {
        @Override
        public void happened(Event event) {}

        @Override
        public void overload(boolean began, String detail) { System.out.println((began ? "cannot keep up: " : "keeps up again: ") + detail); }
    }
}
