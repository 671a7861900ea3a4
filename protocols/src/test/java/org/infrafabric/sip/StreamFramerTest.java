package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

class StreamFramerTest {
    private static final String ONE = "OPTIONS sip:a@b SIP/2.0\r\nl : 3\r\n\r\nabc";
    private static final String TWO = "SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n";

    @Property(seed = "1", tries = 200)
    void shouldCutTheSameMessagesHoweverTheStreamIsSplit(@ForAll @NotEmpty List<@IntRange(min = 1, max = 40) Integer> sizes) throws NotSip {
        byte[] stream = (ONE + TWO + "\r\n\r\n" + ONE).getBytes(ISO_8859_1);
        StreamFramer framer = new StreamFramer();
        List<String> messages = new ArrayList<>();
        for (int at = 0, turn = 0; at < stream.length; turn++) {
            int size = Math.min(sizes.get(turn % sizes.size()), stream.length - at);
            for (byte[] message : framer.feed(java.util.Arrays.copyOfRange(stream, at, at + size)).messages())
                messages.add(new String(message, ISO_8859_1));
            at += size;
        }
        assertThat(messages).containsExactly(ONE, TWO, ONE);
        assertThat(framer.midway()).isFalse();
    }

    @Test
    void shouldAskForAPongOnADoubleLineBreak() throws NotSip {
        assertThat(new StreamFramer().feed("\r\n\r\n".getBytes(ISO_8859_1)).pings()).isEqualTo(1);
    }

    @Test
    void shouldGiveUpAStreamThatCannotBeFollowed() {
        for (String bad : List.of("OPTIONS sip:a SIP/2.0\r\n\r\n", "OPTIONS sip:a SIP/2.0\r\nContent-Length: -1\r\n\r\n",
                "OPTIONS sip:a SIP/2.0\r\nContent-Length: 70000\r\n\r\n", "OPTIONS sip:a SIP/2.0\r\nl: 1\r\nl: 2\r\n\r\n", "x".repeat(70_000))) {
            assertThatThrownBy(() -> new StreamFramer().feed(bad.getBytes(ISO_8859_1))).as(bad.substring(0, 20)).isInstanceOf(NotSip.class);
        }
    }
}
