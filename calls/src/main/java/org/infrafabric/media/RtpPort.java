package org.infrafabric.media;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One party on a bridge, over RTP. All but the public methods belong to the media loop; those only hand it work. */
final class RtpPort implements AudioPort {
    private static final int MAX_PACKETS_A_TICK = 32;                     // a flood must not take the others' time
    private static final int RTCP_TICKS = 2;                              // a report that waits longer makes the round trip look longer
    private static final int HELD_TICKS = 10;                             // who is on hold in both directions is looked at five times a second
    private static final int LOOK_TICKS = 25;                             // 0.5 s

    private final RtpBridge bridge;
    private final int party;
    private final String name;
    private final PortRange.Pair sockets;
    private final Listener listener;
    private final Executor owner;
    private final RtpReceiver receiver;
    private final Voicing voicing = new Voicing();
    private final List<Encoding> encodings;
    private final Lifeline lifeline;
    private final RtpSender sender;
    private final RtcpSession rtcp;
    private final DigitSender digits = new DigitSender();
    private final Playback playback = new Playback();
    private final Voice voice = new Voice(playback);
    private short[] said = new short[Frames.NARROW];

    private final AtomicLong received = new AtomicLong();                 // written by the loop alone
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    private final AtomicLong jitterMicros = new AtomicLong();
    private final AtomicLong roundTripNanos = new AtomicLong(-1);
    private final AtomicLong lostThere = new AtomicLong(-1);
    private final AtomicLong delayMicros = new AtomicLong();
    private final AtomicLong concealedMillis = new AtomicLong();

    private @Nullable Negotiated media;
    private boolean joined;
    private boolean muted;
    private boolean closed;
    private boolean spoke;
    private boolean firstTold;

    RtpPort(RtpBridge bridge, int party, String name, PortRange.Pair sockets, Listener listener, Executor owner, RtpSender sender, RtcpSession rtcp,
            MediaTerms terms) {
        this.bridge = bridge;
        this.party = party;
        this.name = name;
        this.sockets = sockets;
        this.listener = listener;
        this.owner = owner;
        this.sender = sender;
        this.rtcp = rtcp;
        this.encodings = terms.encodings();
        this.lifeline = new Lifeline(terms.silenceNanos());
        this.receiver = new RtpReceiver(bridge.scratch().codecs, bridge.scratch().pool);
    }

    @Override
    public List<Encoding> encodings() { return encodings; }

    @Override
    public InetSocketAddress local() { return sockets.rtp().local(); }

    @Override
    public void connect(Negotiated agreed) {
        onLoop(() -> {
            if (media == null || !media.remote().equals(agreed.remote()) || !media.sending()) sender.beginSpurt();
            media = agreed;
            receiver.expect(agreed);
            voice.expect(agreed);
            lifeline.expect(agreed.receiving());
            if (said.length != agreed.encoding().frame()) said = new short[agreed.encoding().frame()];
        });
    }

    @Override
    public void play(Pcm audio, Runnable finished) {
        audio.requireRate(8_000);
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
    public Stats stats() {
        long trip = roundTripNanos.get();
        return new Stats(received.get(), sent.get(), lost.get(), refused.get(),
                new Quality(jitterMicros.get(), trip < 0 ? -1 : trip / 1_000, lostThere.get(), delayMicros.get(), concealedMillis.get()));
    }

    @Override
    public void close() { onLoop(() -> bridge.remove(this)); }

    int party() { return party; }

    String name() { return name; }

    /** In the mix, not muted, and to be heard in this tick: it is in what the others hear, and must be taken out of what it hears itself. */
    boolean contributes() {
        return joined && !muted && voicing.audible();
    }

    boolean spoke() { return spoke; }

    boolean joined() { return joined; }

    short[] said() { return said; }

    /** Takes what came since the last tick, and makes ready what it says in this one. */
    void hear(Scratch scratch, Mix mix, long tick, long nowNanos) {
        boolean awake = media == null || media.sending() || media.receiving() || (tick + party) % HELD_TICKS == 0;
        for (int i = 0; i < MAX_PACKETS_A_TICK && awake; i++) {
            InetSocketAddress from = sockets.rtp().receive(scratch.in);
            if (from == null) break;
            if (media != null) take(scratch, from, tick, nowNanos);       // before that there is nobody it could be from
        }
        if (media != null && awake && (tick + party) % RTCP_TICKS == 0 && rtcp.poll(scratch.in, receiver, nowNanos)) lifeline.sign(nowNanos);
        if (media != null && (tick + party) % LOOK_TICKS == 0) look(nowNanos);
        spoke = receiver.next(said, tick);
        voicing.judge(said, spoke);
        voice.prepare(mix, joined, contributes());
    }

    /** Now and then: whether the peer is still there, and how well all goes. */
    private void look(long nowNanos) {
        if (lifeline.lost(nowNanos)) tell(listener::onSilence);
        jitterMicros.lazySet(receiver.jitterMicros());
        roundTripNanos.lazySet(rtcp.rtcp().roundTripNanos());
        lostThere.lazySet(rtcp.rtcp().lostThere());
        delayMicros.lazySet(Math.max(0, receiver.heldBack()) * 125);
        concealedMillis.lazySet(receiver.concealed() / 8);
    }

    /** Sends this tick's packet. */
    void speak(Scratch scratch, Mix mix, long tick, long nowNanos) {
        Negotiated agreed = media;
        InetSocketAddress to = receiver.latch().target();
        if (agreed == null || to == null) return;
        Encoding encoding = agreed.encoding();
        sender.beginTick(tick, encoding.clock() / 50);
        rtcp.tick(scratch.out, sender, receiver, nowNanos);
        boolean sentOut;
        if (agreed.sending() && agreed.telephoneEventType() >= 0 && digits.next(sender.clock()))
            sentOut = sender.event(scratch.out, digits, agreed.telephoneEventType(), agreed.wishes().eventClock() / 50, to);
        else {
            int length = voice.make(scratch, mix, said, agreed.sending()); // also on hold: prompts run on, or whoever waits for their end would wait for ever
            if (!agreed.sending() || length == Voice.NOTHING) return;
            sentOut = length == Voice.HUSH ? sender.noise(scratch.out, to)
                    : sender.audio(scratch.out, voice.payload(), length, agreed.payloadType(), to);
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
        voice.close();
        receiver.close();
        sockets.close();
    }

    private void take(Scratch scratch, InetSocketAddress from, long tick, long nowNanos) {
        RtpReceiver.Heard heard = receiver.take(scratch.rtp, scratch.in, from, tick, nowNanos);
        if (heard == RtpReceiver.Heard.REFUSED) {
            bump(refused);
            bridge.counters().refused.increment();
            return;
        }
        bump(received);
        lifeline.sign(nowNanos);
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
