package org.infrafabric.sip;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.infrafabric.call.CallOrder;
import org.infrafabric.call.Leg;
import org.infrafabric.media.AudioBridge;
import org.infrafabric.media.AudioPort;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.media.MediaEngine;
import org.infrafabric.message.SigningKey;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.Baresip;
import org.infrafabric.testkit.Baresip.Codec;
import org.infrafabric.testkit.Ears;
import org.infrafabric.testkit.Ports;
import org.infrafabric.testkit.Requires;
import org.infrafabric.time.LoopTimers;
import org.infrafabric.transport.EventLoops;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three real phones, one with Opus, one with G.722, one with G.711, called by our user agent onto one bridge: what each of them hears. */
class WidebandPhonesTest {
    private static final double OPUS = 700, G722 = 1_100, G711 = 1_700;
    private static final double CLEARLY = 20; // dB, the tone test

    private final EventLoops loops = EventLoops.open("wideband", 1);
    private final EventLoop loop = loops.next();
    private final int ports = Ports.free(20);
    private final MediaEngine media = new MediaEngine(
            new MediaEngine.Settings(InetAddress.getLoopbackAddress(), ports, ports + 19, 1, Encoding.ALL, Duration.ZERO));

    @TempDir Path folder;

    @AfterEach
    void stop() {
        media.close();
        loops.close();
    }

    @Test
    void shouldLetPhonesOfEveryCodecHearEachOther() throws Exception {
        Requires.programs("baresip");
        SigningKey key = SigningKey.generate();
        EscalationHeaders headers = EscalationHeaders.signing(key, id -> Optional.empty());
        SipSettings settings = new SipSettings(java.util.List.of(Endpoint.parse("udp:127.0.0.1:0")), "sip:bus@ifbus.test", "ifbus/test");
        try (UserAgent agent = new UserAgent(settings, loop, new LoopTimers(loop), call -> {}, headers, SipJournal.NONE, SipCounters.NONE,
                HostResolver.system());
                Baresip opus = phone("opus", Codec.OPUS, OPUS);
                Baresip g722 = phone("g722", Codec.G722, G722);
                Baresip g711 = phone("g711", Codec.G711, G711)) {
            agent.start();
            AudioBridge bridge = media.openBridge();
            AudioPort first = call(agent, bridge, opus, "opus");
            call(agent, bridge, g722, "g722");
            call(agent, bridge, g711, "g711");
            for (Baresip each : new Baresip[] {opus, g722, g711}) hearSome(each);
            Await.that("reports to tell the round trip", Duration.ofSeconds(20), () -> first.stats().quality().roundTripMicros() >= 0);
            assertThat(first.stats().quality().roundTripMicros()).as("on the loopback").isLessThan(200_000);
            assertThat(first.stats().quality().lostThere()).as("as baresip reports").isZero();
            assertThat(first.stats().lost()).isZero();
            for (Baresip each : new Baresip[] {opus, g722, g711}) each.hangUp();
            Await.that("baresip to sum up what our reports told", Duration.ofSeconds(8), () -> opus.output().contains("EX=BareSip"));
            assertThat(opus.output()).as("packets lost: there, and here as we report").contains("PL=0,0;");
            hears(opus, OPUS, G722, G711);
            hears(g722, G722, OPUS, G711);
            hears(g711, G711, OPUS, G722);
        }
    }

    private Baresip phone(String name, Codec codec, double hertz) throws Exception {
        return Baresip.answering(folder.resolve(name), name, codec.tone(folder.resolve(name + ".wav"), hertz, 60), codec);
    }

    private AudioPort call(UserAgent agent, AudioBridge bridge, Baresip phone, String user) throws Exception {
        Heard heard = new Heard();
        AudioPort port = bridge.openPort(user, new AudioPort.Listener() {
            @Override
            public void onFirstPacket() {}

            @Override
            public void onDigit(char digit) {}
        }, loop);
        loop.submit(() -> {
            Leg leg = agent.prepare(new CallOrder(phone.uri(user), "A case", Optional.empty(), port), heard);
            leg.dial();
        }).get(5, SECONDS);
        Await.that(user + " to answer", Duration.ofSeconds(8), () -> heard.words.contains("answered"));
        port.join();
        return port;
    }

    /** Waits until a phone has heard three more seconds. */
    private static void hearSome(Baresip phone) throws Exception {
        Await.that("a phone to hear something", Duration.ofSeconds(10), () -> !phone.heard().isEmpty());
        Path file = phone.heard().getFirst();
        double enough = seconds(file) + 3;
        Await.that("three seconds of talk in " + file.getFileName(), Duration.ofSeconds(15), () -> seconds(file) >= enough);
    }

    /** By its size: the header is not final while the call lasts. */
    private static double seconds(Path wav) throws Exception {
        byte[] head = Files.newInputStream(wav).readNBytes(44);
        if (head.length < 44) return 0;
        int bytesASecond = java.nio.ByteBuffer.wrap(head).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt(28);
        return bytesASecond == 0 ? 0 : (Files.size(wav) - 44.0) / bytesASecond;
    }

    private static void hears(Baresip phone, double own, double... others) throws Exception {
        Path file = phone.heard().getFirst();
        Await.that(file.getFileName() + " to be complete", Duration.ofSeconds(8), () -> Ears.on(file).seconds() > 3); // its header comes last
        Ears ears = Ears.on(file);
        for (double other : others)
            assertThat(ears.loudest(other)).as("%s Hz where itself is at %s dB", other, ears.loudest(own)).isGreaterThan(ears.loudest(own) + CLEARLY)
                    .isGreaterThan(-30);
    }
}
