package org.infrafabric.speech;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpokenTextTest {
    @ParameterizedTest
    @CsvSource(delimiter = '§', textBlock = """
            Press 1 to accept, 2 to decline.               § Press 1 to accept, 2 to decline.
            <speak><break time="60s"/>hello</speak>        § speak break time="60s"/ hello /speak
            `reboot` $(rm -rf /) ; cat /etc/passwd | wc    § reboot $(rm -rf /) ; cat /etc/passwd wc
            [word](/w3d/) {a} **bold** __x__ ~y~           § word (/w3d/) a bold x y
            confidence < 0.2 & risk > 5                    § confidence less than 0.2 and risk more than 5
            see https://evil.example/a?b=c#d now           § see a link to evil.example now
            wait!!!!!! what????                            § wait! what?
            5 % of €300, or 1/2                            § 5 % of €300, or 1/2
            """, quoteCharacter = '^')
    void shouldLeaveWordsAndTakeMarkup(String text, String spoken) {
        assertThat(SpokenText.of(text, 200)).isEqualTo(spoken);
    }

    @Test
    void shouldTakeControlAndDirectionCharacters() {
        assertThat(SpokenText.of("a\u0000b\u0007c\r\nd\u001b[31me\u202ef\u2066g\ud800h\ufffei", 200)).isEqualTo("a b c d 31me f g h i");
    }

    @Test
    void shouldKeepOtherScriptsForVoicesThatReadThem() {
        assertThat(SpokenText.of("Überweisung nach 日本", 200)).isEqualTo("Überweisung nach 日本");
        assertThat(SpokenText.english("Überweisung nach 日本, 東京. Zürich €5")).isEqualTo("Uberweisung nach words in another script . Zurich euro 5");
    }

    @Test
    void shouldNameALongCodeByItsStart() {
        assertThat(SpokenText.of("hash " + "3f5a9c".repeat(11) + " done", 200)).isEqualTo("hash 3f5a9c and so on done");
        assertThat(SpokenText.of("/var/lib/some/rather/deep/place/in/a/file/system", 200)).startsWith("/ var/ lib/ some/ rather/");
    }

    @Test
    void shouldSayThatThereIsNothingToSay() {
        assertThat(SpokenText.of("", 200)).isEqualTo(SpokenText.NOTHING);
        assertThat(SpokenText.of(" \u0000 <> ... ", 200)).isEqualTo(SpokenText.NOTHING);
    }

    @Test
    void shouldCutAtTheLastSentenceThatFits() {
        String text = "The first sentence is here. The second one follows it at once. The third one is by far too long to be said in this little space.";
        assertThat(SpokenText.of(text, 110))
                .isEqualTo("The first sentence is here. The second one follows it at once. The rest is on the dashboard.");
        assertThat(SpokenText.of(text, 200)).isEqualTo(text);
    }

    @Test
    void shouldCutAtAWordWhereNoSentenceEnds() {
        assertThat(SpokenText.of("word ".repeat(100), 80)).isEqualTo("word ".repeat(10).strip() + ". The rest is on the dashboard.");
        assertThat(SpokenText.of("x".repeat(40_000), 100)).startsWith("xxxxxx and").endsWith(" The rest is on the dashboard.");
    }

    @Property(seed = "1", tries = 2000)
    void shouldNeverExceedItsLengthNorHoldWhatAnEngineMightObey(@ForAll String text, @ForAll @IntRange(min = 80, max = 300) int longest) {
        String spoken = SpokenText.of(text.repeat(3), longest);
        assertThat(spoken.length()).isBetween(1, longest);
        assertThat(spoken.codePoints()).noneMatch(
                c -> Character.isISOControl(c) || c == '<' || c == '>' || c == '[' || c == '`' || Character.getType(c) == Character.SURROGATE);
        assertThat(SpokenText.english(spoken).chars()).allMatch(c -> c >= 0x20 && c < 0x7f).hasSizeLessThanOrEqualTo(longest + 250);
    }

    @Test
    void shouldStayQuickOnLargeHostileText() {
        String[] hostile = {"<".repeat(1_000_000), "http://".repeat(200_000), ".".repeat(1_000_000), "a,".repeat(500_000), "é".repeat(1_000_000),
            "x) ".repeat(300_000)};
        long start = System.nanoTime();
        for (String text : hostile)
            assertThat(SpokenText.of(text, 10_000).length()).isLessThanOrEqualTo(10_000);
        assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
    }
}
