package org.infrafabric.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.infrafabric.media.AudioPort.Encoding;
import org.junit.jupiter.api.Test;

/** G.711 against figures of the standard's tables. */
class CodecTest {
    @Test
    void shouldMapTheEndsAndTheMiddleAsTheStandardDoes() {
        assertThat(G711.PCMU.encode(0)).isEqualTo((byte) 0xff);
        assertThat(G711.PCMU.encode(-1)).isEqualTo((byte) 0x7f);
        assertThat(G711.PCMU.encode(32_767)).isEqualTo((byte) 0x80);
        assertThat(G711.PCMU.encode(-32_768)).isEqualTo((byte) 0x00);
        assertThat(G711.PCMU.decode((byte) 0x80)).isEqualTo((short) 32_124); // 8031 of 14 bits
        assertThat(G711.PCMU.decode((byte) 0xff)).isZero();
        assertThat(G711.PCMA.encode(0)).isEqualTo((byte) 0xd5);
        assertThat(G711.PCMA.encode(-1)).isEqualTo((byte) 0x55);
        assertThat(G711.PCMA.encode(32_767)).isEqualTo((byte) 0xaa);
        assertThat(G711.PCMA.encode(-32_768)).isEqualTo((byte) 0x2a);
        assertThat(G711.PCMA.decode((byte) 0xaa)).isEqualTo((short) 32_256); // 4032 of 13 bits
        assertThat(G711.PCMA.decode((byte) 0xd5)).isEqualTo((short) 8);
    }

    @Test
    void shouldGiveBackEveryCodeThatItDecoded() {
        for (Encoding law : Encoding.G711) {
            G711 codec = law == Encoding.PCMU ? G711.PCMU : G711.PCMA;
            for (int code = 0; code < 256; code++) {
                if (law == Encoding.PCMU && code == 0x7f) continue;       // minus zero, which linear samples do not have
                assertThat(codec.encode(codec.decode((byte) code))).as("%s %x", law, code).isEqualTo((byte) code);
            }
        }
    }

    @Property(seed = "1")
    void shouldStayWithinHalfAStepOfEachSample(@ForAll short sample) {
        int magnitude = Math.abs((int) sample);
        int mu = Math.abs(G711.PCMU.decode(G711.PCMU.encode(sample)) - Math.clamp(sample, -32_635, 32_635));
        int a = Math.abs(G711.PCMA.decode(G711.PCMA.encode(sample)) - sample);
        assertThat(mu).isLessThanOrEqualTo(Math.max(4, (magnitude + 132) / 32));
        assertThat(a).isLessThanOrEqualTo(Math.max(8, magnitude / 32 + 1));
    }

    @Test
    void shouldCutOffSumsThatLeaveSixteenBits() {
        int[] sums = new int[160];
        Arrays.fill(sums, 100_000);
        byte[] codes = new byte[160];
        G711.PCMA.encode(sums, codes);
        assertThat(codes).containsOnly((byte) 0xaa);
        Arrays.fill(sums, -100_000);
        G711.PCMU.encode(sums, codes);
        assertThat(codes).containsOnly((byte) 0x00);
    }
}
