package org.infrafabric.speech;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.infrafabric.media.Pcm;
import org.junit.jupiter.api.Test;

class SentencesTest {
    @Test
    void shouldTakeATextApartWhereAPersonBreathes() {
        assertThat(Sentences.of("Thank you. The severity is high. It says: May I go on? Press 1."))
                .containsExactly("Thank you.", "The severity is high.", "It says: May I go on?", "Press 1.");
        assertThat(Sentences.of("About 3.5 percent of 1.000 units, No. 4 among them, fail")).hasSize(1);
    }

    @Test
    void shouldLeaveTheShortestWithItsNeighbour() {
        assertThat(Sentences.of("No. Stop the pump now.")).containsExactly("No. Stop the pump now.");
        assertThat(Sentences.of("Yes.")).containsExactly("Yes.");
    }

    @Property(seed = "1", tries = 300)
    void shouldLoseNoWord(@ForAll @AlphaChars @Chars({' ', '.', '?', '!', ',', '1'}) @StringLength(max = 120) String text) {
        assertThat(String.join("", Sentences.of(text)).replace(" ", "")).isEqualTo(text.replace(" ", ""));
    }

    @Test
    void shouldJoinTheirSound() {
        Pcm joined = Sentences.joined(List.of(new Pcm(new short[] {1, 2}, 8000), new Pcm(new short[] {3}, 8000)));
        assertThat(joined.samples()).containsExactly(1, 2, 3);
        assertThat(joined.rate()).isEqualTo(8000);
    }
}
