package org.infrafabric.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.infrafabric.media.AudioPort.Negotiated;
import org.infrafabric.media.AudioPort.Wishes;
import org.junit.jupiter.api.Test;

/** When a peer is taken for dead: nothing of it for 30 s, though it should be sending. */
class LifelineTest {
    private static final int HALF_A_MINUTE = 1_500;

    private final HandBridge hand = new HandBridge();

    @Test
    void shouldTellOnceThatAPeerFellSilent() throws Exception {
        HandBridge.Party a = hand.party("a");
        for (int i = 0; i < 100; i++) {
            a.says(100);
            hand.tick();
        }
        hand.ticks(HALF_A_MINUTE - 50);
        assertThat(a.news.news).containsExactly("first");
        hand.ticks(100);
        assertThat(a.news.news).containsExactly("first", "silence");
        hand.ticks(2 * HALF_A_MINUTE);
        assertThat(a.news.news).containsExactly("first", "silence");
        a.says(100);
        hand.ticks(HALF_A_MINUTE + 50);
        assertThat(a.news.news).as("came back, and fell silent again").containsExactly("first", "silence", "silence");
    }

    @Test
    void shouldTellOfAPeerThatNeverSentAnything() throws Exception {
        HandBridge.Party a = hand.party("a");
        hand.ticks(HALF_A_MINUTE + 60);
        assertThat(a.news.news).containsExactly("silence");
    }

    @Test
    void shouldTakeAReportForASignOfLife() throws Exception {
        HandBridge.Party a = hand.party("a");
        for (int i = 0; i < 10; i++) {
            ByteBuffer report = ByteBuffer.allocate(8).putInt(0x80c9_0001).putInt(a.ssrc);
            a.rtcp.arriving.add(new HandBridge.Sent(report.array(), a.address));
            hand.ticks(HALF_A_MINUTE / 2);
        }
        assertThat(a.news.news).isEmpty();
    }

    @Test
    void shouldNotMindTheSilenceOfWhomWeHold() throws Exception {
        HandBridge.Party a = hand.party("a");
        a.port.connect(new Negotiated(a.address, AudioPort.Encoding.PCMA, 8, 96, true, false, Wishes.NONE));
        hand.ticks(3 * HALF_A_MINUTE);
        assertThat(a.news.news).isEmpty();
        a.port.connect(a.terms(true));
        hand.ticks(HALF_A_MINUTE - 50);
        assertThat(a.news.news).as("it has as long again").isEmpty();
        hand.ticks(110);
        assertThat(a.news.news).containsExactly("silence");
    }
}
