package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamFramerTest {
    private static final String ONE = "OPTIONS sip:a@b SIP/2.0\r\nl : 3\r\n\r\nabc";
    private static final String TWO = "SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n";

    @Property(seed = "1", tries = 200)
    void shouldCutTheSameMessagesHoweverTheStreamIsSplit(@ForAll @NotEmpty List<@IntRange(min = 1, max = 40) Integer> sizes) {
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
    void shouldAskForAPongOnADoubleLineBreak() {
        assertThat(new StreamFramer().feed("\r\n\r\n".getBytes(ISO_8859_1)).pings()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"'OPTIONS sip:a SIP/2.0~~',400", "OPTIONS sip:a SIP/2.0~Content-Length: -1~~,400",
        "OPTIONS sip:a SIP/2.0~Content-Length: 70000~~,413",
        "OPTIONS sip:a SIP/2.0~l: 1~l: 2~~,400", "X,513"})
    void shouldSayWhyAStreamCannotBeFollowed(String start, int status) {
        String stream = start.replace("~", "\r\n").replace("X", "OPTIONS sip:a SIP/2.0\r\nX: " + "x".repeat(40_000));
        StreamFramer.Cut cut = new StreamFramer().feed((ONE + stream).getBytes(ISO_8859_1));
        assertThat(cut.messages()).as("what came whole before").hasSize(1);
        assertThat(cut.broken().orElseThrow().status()).isEqualTo(status);
        assertThat(new String(cut.broken().orElseThrow().head(), ISO_8859_1)).startsWith("OPTIONS sip:a SIP/2.0\r\n");
    }
}
