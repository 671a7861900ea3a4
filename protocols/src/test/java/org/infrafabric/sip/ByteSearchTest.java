package org.infrafabric.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

/** What is found eight bytes at a step is what is found one by one, whatever stands before it. */
class ByteSearchTest {
    @Property(seed = "1", tries = 2_000)
    void shouldFindWhatOneByOneFinds(@ForAll @StringLength(max = 40) @Chars({':', ';', '9', 0, '\t', 0x80, 0xba, 0xff}) String text,
            @ForAll @IntRange(max = 40) int from, @ForAll @IntRange(max = 40) int to) {
        int end = Math.min(to, text.length());
        int found = text.substring(0, end).indexOf(':', from);
        assertThat(ByteSearch.indexOf(text.getBytes(StandardCharsets.ISO_8859_1), ':', from, end)).isEqualTo(found);
    }

    @Property(seed = "1", tries = 2_000)
    void shouldFindTheFirstBreakAndNoOtherControl(
            @ForAll @StringLength(max = 40) @Chars({'a', '\r', '\n', '\t', 0, 0x0b, 0x0e, ' ', 0x80, 0x8a, 0x8d, 0xff}) String text,
            @ForAll @IntRange(max = 40) int from) {
        int found = from;
        while (found < text.length() && text.charAt(found) != '\r' && text.charAt(found) != '\n') found++;
        assertThat(ByteSearch.lineBreak(text.getBytes(StandardCharsets.ISO_8859_1), from)).isEqualTo(found < text.length() ? found : -1);
    }
}
