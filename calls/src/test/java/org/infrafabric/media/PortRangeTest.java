package org.infrafabric.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Ports given out and taken back, on a network that counts how often it is asked. */
class PortRangeTest {
    private final Set<Integer> foreign = new HashSet<>();
    private int asked;

    @Test
    void shouldGiveEachPairOnceAndSayAtOnceWhenNoneIsLeft() throws Exception {
        PortRange range = range(20_001, 20_011, 3);
        List<PortRange.Pair> given = new ArrayList<>();
        for (int i = 0; i < 5; i++) given.add(range.open());
        assertThat(given).extracting(it -> it.rtp().local().getPort()).containsExactly(20_008, 20_010, 20_002, 20_004, 20_006);
        assertThat(given).allSatisfy(it -> assertThat(it.rtcp().local().getPort()).isEqualTo(it.rtp().local().getPort() + 1));
        int before = asked;
        assertThatThrownBy(range::open).hasMessageContaining("20002-20011").hasMessageContaining("media.ports");
        assertThat(asked).as("the system was not even asked").isEqualTo(before);
        given.get(2).close();
        assertThat(range.open().rtp().local().getPort()).isEqualTo(20_002);
    }

    @Test
    void shouldPassOverWhatOtherProgramsHoldButNotForLong() throws Exception {
        PortRange range = range(20_000, 29_999, 0);
        foreign.addAll(Set.of(20_000, 20_003));
        assertThat(range.open().rtp().local().getPort()).isEqualTo(20_004);
        for (int port = 20_006; port < 30_000; port++) foreign.add(port);
        foreign.add(20_000);
        asked = 0;
        assertThatThrownBy(range::open).isInstanceOf(IOException.class).hasMessageContaining("32 tries");
        assertThat(asked).isEqualTo(PortRange.MAX_TRIES);
        foreign.clear();
        assertThat(range.open()).as("what others held then may be free now").isNotNull();
    }

    @Test
    void shouldComeBackToAFreedPortAsLateAsPossible() throws Exception {
        PortRange range = range(20_000, 20_007, 0);
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            PortRange.Pair pair = range.open();
            ports.add(pair.rtp().local().getPort());
            pair.close();
        }
        assertThat(ports).containsExactly(20_000, 20_002, 20_004, 20_006, 20_000);
    }

    private PortRange range(int first, int last, int startAt) {
        return new PortRange(InetAddress.getLoopbackAddress(), first, last, startAt, address -> {
            asked++;
            if (foreign.contains(address.getPort())) throw new BindException("in use");
            return new HandBridge.Wire(address.getPort());
        });
    }
}
