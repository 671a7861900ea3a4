package org.infrafabric.sip;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.time.Timers;

/**
 * A user agent without sockets: what comes is handed to it, what it says is handed out, and it is as late as its timers say. For whoever sends it messages by the
 * million, or wants the same run again. A fault of ours is thrown at the caller. Owner's thread only.
 */
public final class UnwiredAgent {
    private static final InetSocketAddress HERE = new InetSocketAddress("127.0.0.1", 5060);

    private final Core core;

    /**
     * @param random for tags, branches and all that is drawn; seeded, it makes a run repeat itself
     * @param receiver decides on calls that come in
     * @param says is given each message that it sends, wherever to
     */
    public UnwiredAgent(SipSettings settings, Timers timers, Executor owner, RandomGenerator random, IncomingCall.Receiver receiver,
            Consumer<byte[]> says) {
        core = new Core(settings, timers, owner, new Ends(says), new Ids(random), receiver, EscalationHeaders.none(), SipAccess.NONE,
                SipJournal.NONE,
                SipCounters.NONE, (host, found) -> found.accept(Optional.empty()));
    }

    /** A datagram came. */
    public void onDatagram(byte[] datagram, InetSocketAddress from) {
        core.onMessage(datagram, new Hop(Endpoint.Protocol.UDP, from, 0));
    }

    /** A TCP connection was made, brought these pieces, and ended. Gives whether all of them could be followed: a server would have closed it otherwise. */
    public boolean onStream(List<byte[]> pieces, InetSocketAddress from) {
        Hop hop = new Hop(Endpoint.Protocol.TCP, from, 1);
        StreamFramer framer = new StreamFramer();
        for (byte[] piece : pieces) {
            StreamFramer.Cut cut = framer.feed(piece);
            for (byte[] message : cut.messages()) core.onMessage(message, hop);
            cut.broken().ifPresent(broken -> core.intake().onBroken(broken, hop));
            if (cut.broken().isPresent()) return false;
        }
        return true;
    }

    /** Legs that stand, calls that ring here included. */
    public int calls() { return core.calls(); }

    /** Transactions that are not over. */
    public int transactions() { return core.transactions().open(); }

    /**
     * Reads and judges one message, as is done with each before any work.
     *
     * @return status of the answer that its sender is owed: 0 for a sound message, -1 where there is nobody to answer
     */
    public static int judge(byte[] message) {
        try {
            SipMessage read = SipParser.parse(message);
            if (read.isRequest()) return Validator.request(read).map(Validator.Fault::status).orElse(0);
            return Validator.response(read).isPresent() ? -1 : 0;
        } catch (NotSip e) {
            return -1;
        }
    }

    /** The wire's two ends are one. */
    private record Ends(Consumer<byte[]> says) implements Network {
        @Override
        public void send(Hop to, byte[] message, Runnable onFailure) { says.accept(message); }

        @Override
        public void connect(Hop to, Consumer<Boolean> then) { then.accept(false); }

        @Override
        public Optional<InetSocketAddress> local(Endpoint.Protocol protocol, Optional<InetSocketAddress> remote) { return Optional.of(HERE); }
    }
}
