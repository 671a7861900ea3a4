package org.infrafabric.witness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EventsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "events.md"); // tests run in the module's folder

    @Test
    void shouldListEveryEventAsTheCodeHasIt() throws Exception {
        if (Boolean.getBoolean("ifbus.events.write")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, EventsPage.markdown());
        }
        String written = Files.exists(PAGE) ? Files.readString(PAGE) : "";
        assertThat(written).as("docs/events.md differs from EventType; make it anew with: mvn test -pl foundation -am -Dtest=EventsPageTest "
                + "-Dsurefire.failIfNoSpecifiedTests=false -Dsurefire.argLine=-Difbus.events.write=true").isEqualTo(EventsPage.markdown());
    }

    @Test
    void shouldNameEachEventOnceAndWithoutCharactersThatJsonEscapes() {
        Set<String> seen = new HashSet<>();
        for (EventType type : EventType.values()) {
            assertThat(seen.add(type.component() + " " + type.event())).as("%s is there twice", type).isTrue();
            assertThat(type.component()).as("%s", type)
                    .matches("IF\\.(message|guard|escalate|sip|call|council|record|h323|webrtc|ndi|fleet|cost|talent)");
            assertThat(type.event()).as("%s", type).matches("[a-z][a-z0-9_]*");
            assertThat(type.fields()).as("%s", type).doesNotHaveDuplicates().allMatch(field -> field.matches("[A-Za-z][A-Za-z0-9]*"));
        }
    }
}
