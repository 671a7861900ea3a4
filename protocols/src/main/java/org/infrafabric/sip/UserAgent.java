package org.infrafabric.sip;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.util.List;
import org.infrafabric.call.CallOrder;
import org.infrafabric.call.Dialer;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.call.Leg;
import org.infrafabric.time.Timers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A SIP user agent: makes calls and takes them, over UDP and TCP (RFC 3261). One event loop owns it: sockets, transactions and dialogs
 * live there, and every method but {@link #start}, {@link #calls} and {@link #close} is called there.
 */
public final class UserAgent implements Dialer, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UserAgent.class);

    private final SipSettings settings;
    private final SipSockets sockets;
    private final Core core;

    /**
     * @param owner the loop that owns everything here; {@code timers} run on it
     * @param receiver decides on calls that come in
     */
    public UserAgent(SipSettings settings, EventLoop owner, Timers timers, IncomingCall.Receiver receiver, EscalationHeaders headers,
            SipJournal journal, SipCounters counters, HostResolver resolver) {
        this(settings, owner, timers, receiver, headers, SipAccess.NONE, journal, counters, resolver);
    }

    /** The same for one that has passwords, or may be sent on to others. */
    public UserAgent(SipSettings settings, EventLoop owner, Timers timers, IncomingCall.Receiver receiver, EscalationHeaders headers,
            SipAccess access, SipJournal journal, SipCounters counters, HostResolver resolver) {
        this.settings = settings;
        sockets = new SipSockets(owner, timers, new Door());
        core = new Core(settings, timers, owner, sockets, Ids.secure(), receiver, headers, access, journal, counters, resolver);
    }

    /**
     * Binds the sockets. Call it from any thread but the owner's.
     *
     * @return where it listens now, in the order of the settings, with real ports
     * @throws IOException naming the address that could not be had
     */
    public List<Endpoint> start() throws IOException { return sockets.bind(settings.listen()); }

    /**
     * {@inheritDoc}
     *
     * <p>{@code order.target()} is a sip: URI; its host an address, or a name that the resolver finds; {@code ;transport=tcp} is honoured.
     */
    @Override
    public Leg prepare(CallOrder order, Leg.Listener listener) { return core.prepare(order, listener); }

    @Override
    public void endStray(String resumeToken) { core.endStray(resumeToken); }

    /** Calls that stand or ring here. Any thread. */
    public int calls() { return core.calls(); }

    /** Closes the sockets; legs that still stand are ended without a word to the peer, so hang up first. Any thread. */
    @Override
    public void close() { sockets.close(); }

    /** A fault of ours must cost one message, never the socket or the other calls. */
    private final class Door implements SipSockets.Receiver {
        @Override
        public boolean onMessage(byte[] bytes, Hop from) {
            try {
                return core.intake().onMessage(bytes, from);
            } catch (RuntimeException e) {
                LOG.error("a SIP message from {} could not be handled; the call it belongs to may hang until its timers end it", from.endpoint(), e);
                return true;
            }
        }

        @Override
        public void onBatch(boolean more) { core.intake().onBatch(more); }

        @Override
        public void onBroken(StreamFramer.Broken broken, Hop from) { core.intake().onBroken(broken, from); }
    }
}
