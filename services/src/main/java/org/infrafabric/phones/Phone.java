package org.infrafabric.phones;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.CallOrder;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.call.Leg;
import org.infrafabric.call.LegEnd;
import org.infrafabric.media.AudioBridge;
import org.infrafabric.media.AudioPort;
import org.infrafabric.media.MediaEngine;
import org.infrafabric.media.Pcm;
import org.infrafabric.sip.Endpoint;
import org.infrafabric.sip.EscalationHeaders;
import org.infrafabric.sip.HostResolver;
import org.infrafabric.sip.SipCounters;
import org.infrafabric.sip.SipJournal;
import org.infrafabric.sip.SipSettings;
import org.infrafabric.sip.UserAgent;
import org.infrafabric.speech.Wav;
import org.infrafabric.time.LoopTimers;
import org.infrafabric.time.Timers;
import org.jspecify.annotations.Nullable;

/**
 * A softphone without a sound card: a SIP user agent of its own with real sockets and RTP, that does what its {@link Script} says and what it is told.
 * One call at a time; who calls meanwhile hears that it is busy. Any thread may call.
 */
public final class Phone implements AutoCloseable {
    /** Who watches a phone. */
    public interface Listener {
        /** On the phone's thread: must not block. */
        void happened(Phone phone, PhoneEvent event);
    }

    private static final int LONGEST_TICKS = 50 * 60 * 30; // half an hour, 29 MB
    private static final int MOST_CALLS = 20; // all but one of them hear busy

    private final PhoneSettings settings;
    private final Listener listener;
    private final EventLoop owner;
    private final Timers timers;
    private final MediaEngine media;
    private final UserAgent agent;
    private String uri = "";
    private volatile @Nullable Ear ear;

    private Script script;            // owner's thread from here on
    private @Nullable Call current;
    private int calls;

    private Phone(PhoneSettings settings, Script script, Listener listener, EventLoop owner, MediaEngine media) {
        this.settings = settings;
        this.script = script;
        this.listener = listener;
        this.owner = owner;
        this.timers = new LoopTimers(owner);
        this.media = media;
        this.agent = new UserAgent(
                new SipSettings(settings.listen(), "sip:" + settings.name() + "@" + host(settings.listen().getFirst()), "ifbus-phone/0.1",
                        MOST_CALLS),
                owner,
                timers, this::onIncoming, headers(settings), SipJournal.NONE, SipCounters.NONE, HostResolver.system());
    }

    static Phone start(PhoneSettings settings, Script script, Listener listener, EventLoop owner, MediaEngine media) throws IOException {
        Phone phone = new Phone(settings, script, listener, owner, media);
        List<Endpoint> bound = phone.agent.start();
        Endpoint first = bound.getFirst();
        phone.uri = "sip:" + settings.name() + "@" + host(first) + ":" + first.address().getPort()
                + (first.protocol() == Endpoint.Protocol.TCP ? ";transport=tcp" : "");
        return phone;
    }

    private static EscalationHeaders headers(PhoneSettings settings) {
        return settings.busKey().map(bus -> EscalationHeaders.checking(id -> id.equals(bus.keyId()) ? settings.busKey() : Optional.empty()))
                .orElseGet(EscalationHeaders::none);
    }

    private static String host(Endpoint endpoint) {
        String address = endpoint.address().getAddress().getHostAddress();
        return address.indexOf(':') < 0 ? address : "[" + address + "]";
    }

    public String name() { return settings.name(); }

    /** Where it can be called. */
    public String uri() { return uri; }

    /** What it does with the next call, and in it; the one that stands goes on as it began. */
    public void follow(Script next) {
        owner.execute(() -> script = next);
    }

    /** Calls {@code target}; the script's steps follow when it answers. A second call while one stands is {@link PhoneEvent.Trouble}. */
    public void call(String target) {
        owner.execute(() -> dial(target));
    }

    /** Takes a call that rings, before the script would. */
    public void answer() { onCall(PhoneCall::answer); }

    /** Presses a key: 0-9, *, #, A-D. Nothing happens without a call. */
    public void press(char digit) {
        if ("0123456789*#ABCD".indexOf(digit) < 0) throw new IllegalArgumentException("no key: " + digit);
        onCall(call -> call.press(digit));
    }

    /** Says this now, instead of what it says at the moment. 8000 samples a second. */
    public void say(Pcm sound) { onCall(call -> call.say(sound)); }

    /** Says this again and again from now on. 8000 samples a second. */
    public void repeat(Pcm sound) { onCall(call -> call.repeat(sound)); }

    /** Says nothing more. */
    public void quiet() { onCall(PhoneCall::quiet); }

    /** Ends the call, or declines one that rings. */
    public void hangUp() { onCall(PhoneCall::hangUp); }

    /** What it has heard so far in this call, or in the last one; empty before the first. */
    public Optional<Pcm> heard() {
        return Optional.ofNullable(ear).map(Ear::heard);
    }

    /** Hangs up and frees the sockets. Not from the phone's own thread. */
    @Override
    public void close() {
        CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
        owner.execute(() -> {
            if (current == null) over.complete(null);
            else {
                current.whenOver = () -> over.complete(null);
                current.call.hangUp();
            }
        });
        try {
            over.get(1, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException impolite) {
            // the other side does not answer our BYE; it will find out
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        agent.close();
    }

    private interface Act {
        void on(PhoneCall call);
    }

    private void onCall(Act act) {
        owner.execute(() -> {
            if (current != null) act.on(current.call);
        });
    }

    private void tell(PhoneEvent event) { listener.happened(this, event); }

    private void onIncoming(IncomingCall incoming) {
        if (current != null) {
            incoming.refuse(CallFailure.BUSY);
            tell(new PhoneEvent.Refused(incoming.from(), CallFailure.BUSY));
            return;
        }
        Call call = new Call(incoming);
        current = call;
        incoming.onCancelled(() -> {
            tell(new PhoneEvent.GivenUp());
            call.end();
        });
        if (script.pickup() != Script.Pickup.BUSY) incoming.ring();
        tell(new PhoneEvent.Rings(incoming.from(), incoming.provenance()));
        call.call.onIncoming();
    }

    private void dial(String target) {
        if (current != null) {
            tell(new PhoneEvent.Trouble("it is in a call already; " + target + " was not called"));
            return;
        }
        Call call = new Call(null);
        current = call;
        try {
            call.leg = agent.prepare(new CallOrder(target, "", Optional.empty(), call.openAudio()), call);
            call.call.onDialled();
            call.leg.dial();
        } catch (IOException | IllegalArgumentException cannot) {
            tell(new PhoneEvent.Trouble("cannot call " + target + ": " + cannot.getMessage()));
            call.end();
        }
    }

    /** One call's signalling and sound, tied to its script. Owner's thread. */
    private final class Call implements PhoneCall.Line, Leg.Listener, AudioPort.Listener {
        final PhoneCall call = new PhoneCall(script, this, timers);
        Runnable whenOver = () -> {};
        private final int number = ++calls;
        private final @Nullable IncomingCall incoming;
        @Nullable Leg leg;
        private @Nullable AudioBridge bridge;
        private @Nullable AudioPort port;
        private @Nullable Ear listening;

        Call(@Nullable IncomingCall incoming) { this.incoming = incoming; }

        AudioPort openAudio() throws IOException {
            AudioBridge opened = media.openBridge();
            bridge = opened;
            Ear hears = new Ear(LONGEST_TICKS, this::keep);
            listening = hears;
            ear = hears;
            AudioPort audio = opened.openPort(settings.name(), this, owner);
            opened.record(hears);
            port = audio;
            return audio;
        }

        void end() {
            call.onEnded();
            if (current == this) current = null;
            if (bridge != null) bridge.close();
            whenOver.run();
        }

        @Override
        public void answer() {
            if (incoming == null) return;
            try {
                leg = incoming.answer(openAudio(), this);
            } catch (IOException noPort) {
                tell(new PhoneEvent.Trouble("cannot answer: " + noPort.getMessage()));
                refuse(CallFailure.SERVER_ERROR);
            }
        }

        @Override
        public void refuse(CallFailure why) {
            if (incoming == null) return;
            incoming.refuse(why);
            tell(new PhoneEvent.Refused(incoming.from(), why));
            end();
        }

        @Override
        public void play(Pcm sound, Runnable finished) {
            if (port != null) port.play(sound, finished);
        }

        @Override
        public void stopPlaying() {
            if (port != null) port.stopPlaying();
        }

        @Override
        public void press(char digit) {
            if (port == null) return;
            port.sendDigit(digit);
            tell(new PhoneEvent.Pressed(digit));
        }

        @Override
        public void hangUp() {
            if (leg != null) leg.hangUp("");
        }

        @Override
        public long loudTicks() { return listening == null ? 0 : listening.loudTicks(); }

        @Override
        public long quietTicks() { return listening == null ? 0 : listening.quietTicks(); }

        @Override
        public void onRinging(Leg rings, int status) { tell(new PhoneEvent.FarRings(status)); }

        @Override
        public void onAnswered(Leg answered) {
            tell(new PhoneEvent.Answered());
            call.onUp();
        }

        @Override
        public void onEnded(Leg ended, LegEnd how) {
            tell(new PhoneEvent.Ended(how));
            end();
        }

        @Override
        public void onFirstPacket() { tell(new PhoneEvent.FirstAudio()); }

        @Override
        public void onDigit(char digit) { tell(new PhoneEvent.HeardDigit(digit)); }

        /** On the media loop, when all is heard. */
        private void keep() {
            Ear hears = listening;
            if (hears == null || settings.keep().isEmpty()) return;
            Path file = numbered(settings.keep().get(), number);
            Thread.ofVirtual().name("phone-keep").start(() -> {
                PhoneEvent event;
                try {
                    Files.write(file, Wav.bytes(hears.heard()));
                    event = new PhoneEvent.Kept(file);
                } catch (IOException unwritten) {
                    event = new PhoneEvent.Trouble("cannot write " + file + ": " + unwritten.getMessage());
                }
                PhoneEvent news = event;
                owner.execute(() -> tell(news));
            });
        }
    }

    private static Path numbered(Path file, int number) {
        if (number == 1) return file;
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        return file.resolveSibling(dot < 0 ? name + "-" + number : name.substring(0, dot) + "-" + number + name.substring(dot));
    }
}
