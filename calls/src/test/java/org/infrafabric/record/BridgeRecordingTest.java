package org.infrafabric.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.infrafabric.media.AudioBridge;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.media.BridgeFixture;
import org.infrafabric.media.MediaEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A talk over real sockets, and what its recording holds. */
class BridgeRecordingTest {
    @TempDir Path folder;

    @Test
    void shouldHoldEachVoiceInItsTrackAndAllInTheMix() throws Exception {
        try (MediaEngine engine = new MediaEngine(new MediaEngine.Settings(InetAddress.getLoopbackAddress(), 17_400, 17_499, 1))) {
            AudioBridge bridge = engine.openBridge();
            Recording recording = Recording.into(folder);
            bridge.record(recording);
            BridgeFixture.Party expert = BridgeFixture.join(bridge, "expert", Encoding.PCMU, 440);
            BridgeFixture.Party sage = BridgeFixture.join(bridge, "sage", Encoding.PCMA, 1_000);
            expert.waitForPackets(60);
            sage.waitForPackets(60);
            bridge.announce(BridgeFixture.tone(1_600, 0.6));
            expert.waitForPackets(110);
            bridge.close();
            Recording.Result result = recording.finished().get(5, TimeUnit.SECONDS);

            assertThat(result.failure()).isEmpty();
            assertThat(result.lostMillis()).isZero();
            assertThat(result.files()).extracting(Recording.Track::party).containsExactly("mix", "expert", "sage");
            assertThat(result.files()).extracting(Recording.Track::millis).containsOnly(result.files().getFirst().millis());
            assertThat(BridgeFixture.loudest(samples("mix.wav"), 440)).isGreaterThan(-20);
            assertThat(BridgeFixture.loudest(samples("mix.wav"), 1_000)).isGreaterThan(-20);
            assertThat(BridgeFixture.loudest(samples("mix.wav"), 1_600)).isGreaterThan(-20);
            assertThat(BridgeFixture.loudest(samples("1-expert.wav"), 440)).isGreaterThan(-20);
            assertThat(BridgeFixture.loudest(samples("1-expert.wav"), 1_000)).isLessThan(-45);
            assertThat(BridgeFixture.loudest(samples("2-sage.wav"), 1_000)).isGreaterThan(-20);
            assertThat(BridgeFixture.loudest(samples("2-sage.wav"), 1_600)).as("an announcement is nobody's voice").isLessThan(-45);
        }
    }

    private short[] samples(String file) throws Exception {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(file))).order(ByteOrder.LITTLE_ENDIAN).position(44);
        short[] samples = new short[bytes.remaining() / 2];
        bytes.asShortBuffer().get(samples);
        return samples;
    }
}
