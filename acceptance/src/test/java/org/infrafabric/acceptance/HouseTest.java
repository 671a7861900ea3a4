package org.infrafabric.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Holds the floors: a room imports only from floors below its own and, on its floor, from rooms further down this table. Rooms that are
 * neighbours and no more (protocols among themselves, services among themselves) do not know each other at all.
 */
class HouseTest {
    /** Top floor first, and in each floor the top room first. */
    private static final Map<String, List<String>> FLOORS = floors();
    private static final Set<String> STRANGERS = Set.of("services", "protocols");
    private static final Set<String> BESIDE = Set.of("testkit", "bench", "acceptance");
    private static final String ROOT = "org.infrafabric.";

    private static Map<String, List<String>> floors() {
        Map<String, List<String>> floors = new LinkedHashMap<>();
        floors.put("app", List.of("cli", "server", "mcp", "sim", "report"));
        floors.put("services", List.of("escalate", "phones"));
        floors.put("protocols", List.of("sip"));
        floors.put("calls", List.of("call", "record", "speech", "media", "transport", "sdp"));
        floors.put("foundation", List.of("guard", "witness", "store", "time"));
        floors.put("message", List.of("client", "message"));
        return floors;
    }

    private static final JavaClasses HOUSE = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.infrafabric");

    @Test
    void shouldImportDownwardsOnly() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass type : HOUSE) {
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                String from = room(type), to = room(dependency.getTargetClass());
                if (!to.isEmpty() && !from.equals(to) && !allowed(from, to))
                    wrong.add(from + " must not know " + to + ": " + dependency.getDescription());
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void shouldKnowEveryRoom() {
        Set<String> unknown = new TreeSet<>();
        for (JavaClass type : HOUSE) if (!room(type).isEmpty() && floorOf(room(type)).isEmpty()) unknown.add(type.getPackageName());
        assertThat(unknown).as("packages that no floor of the table names").isEmpty();
    }

    @Test
    void shouldHaveNoRoomNamedForNothing() {
        Set<String> vague = new TreeSet<>();
        for (JavaClass type : HOUSE) {
            for (String part : type.getPackageName().split("\\."))
                if (Set.of("common", "util", "utils", "impl", "manager", "helper").contains(part)) vague.add(type.getName());
        }
        assertThat(vague).isEmpty();
    }

    @Test
    void shouldHaveNoCyclesBetweenRoomsOfAFloor() {
        // Follows from the order of the table, which is checked above; this holds the table itself: each room stands once.
        List<String> rooms = FLOORS.values().stream().flatMap(List::stream).toList();
        assertThat(rooms).doesNotHaveDuplicates();
    }

    private static boolean allowed(String from, String to) {
        String above = floorOf(from), below = floorOf(to);
        if (!above.equals(below)) return List.copyOf(FLOORS.keySet()).indexOf(above) < List.copyOf(FLOORS.keySet()).indexOf(below);
        return !STRANGERS.contains(above) && FLOORS.get(above).indexOf(from) < FLOORS.get(above).indexOf(to);
    }

    private static String floorOf(String room) {
        return FLOORS.entrySet().stream().filter(floor -> floor.getValue().contains(room)).map(Map.Entry::getKey).findFirst().orElse("");
    }

    private static String room(JavaClass type) {
        String name = type.getBaseComponentType().getPackageName();
        if (!name.startsWith(ROOT)) return "";
        String rest = name.substring(ROOT.length());
        int dot = rest.indexOf('.');
        String room = dot < 0 ? rest : rest.substring(0, dot);
        return BESIDE.contains(room) ? "" : room;
    }
}
