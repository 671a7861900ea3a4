package org.infrafabric.sdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OfferAnswerTurnsTest {
    private final OfferAnswer turns = new OfferAnswer();

    @Test
    void shouldCountTheVersionUpOnlyWhenWhatIsSaidChanges() {
        assertThat(offer("a")).isEqualTo("a1");
        turns.close();
        assertThat(offer("a")).as("a refresh says the same").isEqualTo("a1");
        turns.close();
        assertThat(offer("b")).isEqualTo("b2");
        turns.close();
        String answer = written("c");
        turns.answered(answer.getBytes(), turns.versionFor(("c" + turns.version()).getBytes()));
        assertThat(answer).isEqualTo("c3");
        assertThat(offer("c")).isEqualTo("c3");
    }

    @Test
    void shouldNeverHaveTwoOffersOut() {
        offer("a");
        assertThat(turns.awaitsAnswer()).isTrue();
        assertThatThrownBy(() -> offer("b")).isInstanceOf(IllegalStateException.class);
        assertThat(turns.close()).hasValueSatisfying(it -> assertThat(new String(it)).isEqualTo("a1"));
        assertThat(turns.close()).as("an answer that nobody asked for").isEmpty();
        offer("b");
    }

    private String written(String text) {
        long version = turns.versionFor((text + turns.version()).getBytes());
        return text + version;
    }

    private String offer(String text) {
        long version = turns.versionFor((text + turns.version()).getBytes());
        String offer = text + version;
        turns.offered(offer.getBytes(), version);
        return offer;
    }
}
