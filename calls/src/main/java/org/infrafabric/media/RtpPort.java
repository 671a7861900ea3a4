package org.infrafabric.media;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One party on a bridge, over RTP. All but the public methods belong to the media loop; those only hand it work. */
final class RtpPort implements AudioPort {
    private static final int MAX_PACKETS_A_TICK = 32;                     // a flood must not take the others' time
    private static final int RTCP_POLL_TICKS = 25;                        // 0.5 s

    private final RtpBridge bridge;
    private final int party;
    private final String name;
    private final PortRange.Pair sockets;
    private final Listener listener;
    private final Executor owner;
    private final RtpReceiver receiver = new RtpReceiver();
    private final RtpSender sender;
    private final RtcpSession rtcp;
    private final DigitSender digits = new DigitSender();
    private final Playback playback = new Playback();
    private final Duck duck = new Duck();
    private final short[] said = new short[JitterBuffer.FRAME];

    private final AtomicLong received = new AtomicLong();                 // written by the loop alone
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    private @Nullable Negotiated media;
    private boolean joined;
    private boolean muted;
    private boolean closed;
    private boolean spoke;
    private boolean firstTold;

    RtpPort(RtpBridge bridge, int party, String name, PortRange.Pair sockets, Listener listener, Executor owner, RtpSender sender, RtcpSession rtcp) {
        this.bridge = bridge;
        this.party = party;
        this.name = name;
        this.sockets = sockets;
        this.listener = listener;
        this.owner = owner;
        this.sender = sender;
        this.rtcp = rtcp;
    }

    @Override
    public InetSocketAddress local() { return sockets.rtp().local(); }

    @Override
    public void connect(Negotiated agreed) {
        onLoop(() -> {
            if (media == null || !media.remote().equals(agreed.remote()) || !media.sending()) sender.beginSpurt();
            media = agreed;
            receiver.expect(agreed);
        });
    }

    @Override
    public void play(Pcm audio, Runnable finished) {
        audio.requireRate(JitterBuffer.FRAME * 50);
        bridge.execute(() -> {
            if (closed) tell(finished);
            else playback.add(audio, () -> tell(finished));
        });
    }

    @Override
    public void stopPlaying() { onLoop(playback::stop); }

    @Override
    public void join() {
        onLoop(() -> {
            if (!joined) bridge.counters().inMix.incrementAndGet();
            joined = true;
        });
    }

    @Override
    public void leave() { onLoop(this::leaveMix); }

    @Override
    public void mute(boolean quiet) { onLoop(() -> muted = quiet); }

    @Override
    public void sendDigit(char digit) {
        if (TelephoneEvents.number(digit) < 0) throw new IllegalArgumentException("not a digit: " + digit);
        onLoop(() -> digits.press(digit));
    }

    @Override
    public Stats stats() { return new Stats(received.get(), sent.get(), lost.get(), refused.get()); }

    @Override
    public void close() { onLoop(() -> bridge.remove(this)); }

    int party() { return party; }

    String name() { return name; }

    /** In the mix, not muted, and said something this tick: it is in what the others hear, and must be taken out of what it hears itself. */
    boolean contributes() {
        return joined && spoke && !muted;
    }

    boolean spoke() { return spoke; }

    boolean joined() { return joined; }

    short[] said() { return said; }

    /** Takes what came since the last tick, and makes ready what it says in this one. */
    void hear(Scratch scratch, long tick, long nowNanos) {
        for (int i = 0; i < MAX_PACKETS_A_TICK; i++) {
            InetSocketAddress from = sockets.rtp().receive(scratch.in);
            if (from == null) break;
            if (media != null) take(scratch, from, nowNanos);             // before that there is nobody it could be from
        }
        if (media != null && (tick + party) % RTCP_POLL_TICKS == 0) rtcp.poll(scratch.in, receiver, nowNanos);
        spoke = receiver.next(said);
    }

    /** Sends this tick's packet. */
    void speak(Scratch scratch, Mix mix, long tick, long nowNanos) {
        Negotiated agreed = media;
        InetSocketAddress to = receiver.latch().target();
        if (agreed == null || to == null) return;
        sender.beginTick(tick);
        rtcp.tick(scratch.out, sender, receiver, nowNanos);
        boolean sentOut;
        if (agreed.sending() && agreed.telephoneEventType() >= 0 && digits.next(sender.clock()))
            sentOut = sender.event(scratch.out, digits, agreed.telephoneEventType(), to);
        else {
            byte[] codes = codes(scratch, mix, agreed.encoding());        // also on hold: prompts run on, or whoever waits for their end would wait for ever
            if (!agreed.sending()) return;
            sentOut = sender.audio(scratch.out, codes, agreed.payloadType(), to);
        }
        if (sentOut) {
            bump(sent);
            bridge.counters().sent.increment();
        }
    }

    /** Says goodbye and frees everything. Loop only, once. */
    void shut(Scratch scratch, long nowNanos) {
        leaveMix();
        closed = true;
        if (media != null) rtcp.goodbye(scratch.out, sender, receiver, nowNanos);
        playback.stop();
        sockets.close();
    }

    private byte[] codes(Scratch scratch, Mix mix, Encoding encoding) {
        boolean prompting = playback.isPlaying();
        if (duck.idle(prompting)) {
            if (!joined) return G711.of(encoding).silence();
            if (!contributes()) return mix.encoded(encoding);
        }
        int[] hears = scratch.hears;
        if (!joined) Arrays.fill(hears, 0);
        else if (contributes()) mix.without(said, hears);
        else mix.whole(hears);
        if (!duck.idle(prompting)) duck.apply(prompting, hears);
        if (prompting) playback.addTo(hears);
        G711.of(encoding).encode(hears, scratch.codes);
        return scratch.codes;
    }

    private void take(Scratch scratch, InetSocketAddress from, long nowNanos) {
        RtpReceiver.Heard heard = receiver.take(scratch.rtp, scratch.in, from, scratch.decoded, nowNanos);
        if (heard == RtpReceiver.Heard.REFUSED) {
            bump(refused);
            bridge.counters().refused.increment();
            return;
        }
        bump(received);
        lost.lazySet(receiver.tracker().lost());
        bridge.counters().received.increment();
        if (!firstTold) {
            firstTold = true;
            tell(listener::onFirstPacket);
        }
        if (heard == RtpReceiver.Heard.DIGIT) {
            char digit = receiver.digit();
            tell(() -> listener.onDigit(digit));
        }
    }

    private void leaveMix() {
        if (joined) bridge.counters().inMix.decrementAndGet();
        joined = false;
    }

    private void onLoop(Runnable work) {
        bridge.execute(() -> { if (!closed) work.run(); });
    }

    private void tell(Runnable news) {
        try {
            owner.execute(news);
        } catch (RejectedExecutionException ownerIsGone) {
            // nobody is left who would want to know
        }
    }

    private static void bump(AtomicLong counter) { counter.lazySet(counter.getPlain() + 1); }

    /** The address that RTCP goes to: one port above RTP's. */
    static InetSocketAddress oneAbove(InetSocketAddress rtp) {
        InetAddress address = rtp.getAddress();
        return new InetSocketAddress(address, Math.min(65_535, rtp.getPort() + 1));
    }
}
