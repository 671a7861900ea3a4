package org.infrafabric.witness;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Writes {@code docs/events.md} from {@link EventType}; a test holds the page to it. */
public final class EventsPage {
    private EventsPage() {}

    /** The whole page, components in alphabetical order, events as the list has them. */
    public static String markdown() {
        StringBuilder page = new StringBuilder("""
                # Events of the witness log

                Made from `EventType`; do not edit by hand. To make it anew after a change there:
                `mvn test -pl foundation -am -Dtest=EventsPageTest -Dsurefire.failIfNoSpecifiedTests=false -Dsurefire.argLine=-Difbus.events.write=true`

                Each entry holds `component`, `event` and a `payload` with some of the fields listed here. Numbers are integers, times RFC 3339 UTC. A field may
                instead be a blob, `{"blob":{"id","size","mediaType","sha256"}}`, whose bytes lie beside the log and can be deleted with the chain whole.
                """);
        List<EventType> types = new ArrayList<>(List.of(EventType.values()));
        types.sort(Comparator.comparing(EventType::component));
        String component = "";
        for (EventType type : types) {
            if (!type.component().equals(component)) {
                component = type.component();
                page.append("\n## ").append(component).append("\n\n| event | means | payload |\n|---|---|---|\n");
            }
            page.append("| `").append(type.event()).append("` | ").append(type.meaning().replace("|", "\\|")).append(" | ").append(fields(type))
                    .append(" |\n");
        }
        return page.toString();
    }

    private static String fields(EventType type) {
        return type.fields().isEmpty() ? "none" : "`" + String.join("`, `", type.fields()) + "`";
    }
}
