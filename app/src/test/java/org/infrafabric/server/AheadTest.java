package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import org.infrafabric.guard.InvalidFile;
import org.infrafabric.guard.Problem;
import org.junit.jupiter.api.Test;

class AheadTest {
    @Test
    void shouldGoOnWhileTheWorkIsDoneAndThenHaveWhatCameOfIt() {
        CountDownLatch go = new CountDownLatch(1);
        Ahead<String> ahead = Ahead.begin("test", () -> {
            try {
                go.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            return "made";
        });

        go.countDown(); // begun on this thread, it would never have come here
        assertThat(ahead.get()).isEqualTo("made");
        assertThat(ahead.get()).isEqualTo("made");
    }

    @Test
    void shouldThrowWhatTheWorkThrewWhereItIsAskedFor() {
        InvalidFile invalid = new InvalidFile(new Problem("policy.yaml", 3, "rules[0]", "this is wrong", "mend it"));
        Ahead<String> ahead = Ahead.begin("test", () -> { throw invalid; });

        assertThatThrownBy(ahead::get).isSameAs(invalid);
    }

    @Test
    void shouldThrowErrorsToo() {
        Ahead<String> ahead = Ahead.begin("test", () -> { throw new NoClassDefFoundError("gone"); });

        assertThatThrownBy(ahead::get).isInstanceOf(NoClassDefFoundError.class).hasMessage("gone");
    }
}
