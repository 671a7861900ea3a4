package org.infrafabric.escalate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The table of states that other programs read is the code's own; {@code -Difbus.states.write=true} writes it anew. */
class StatesTest {
    @Test
    void shouldPublishTheCodesOwnTable() throws IOException {
        Path page = page();
        String wanted = JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(table()) + "\n";
        if (Boolean.getBoolean("ifbus.states.write")) Files.writeString(page, wanted);
        assertThat(JsonMapper.shared().readTree(Files.readString(page))).isEqualTo(JsonMapper.shared().readTree(wanted));
    }

    @Test
    void shouldHaveAnExitFromEveryStateThatTimeAloneCanTake() {
        for (State state : State.values()) {
            if (state.last()) continue;
            Set<State> reached = EnumSet.of(state);
            while (reached.addAll(reached.stream().flatMap(one -> one.next().stream()).toList())) {}
            assertThat(reached).as("from %s", state).anyMatch(State::last);
        }
    }

    @Test
    void shouldDecideOnceOnEveryWay() {
        for (State state : State.values()) {
            for (State next : state.next()) if (state.decided()) assertThat(next).isEqualTo(State.CLOSED);
        }
    }

    private static ObjectNode table() {
        ObjectNode table = JsonNodeFactory.instance.objectNode();
        table.put("title", "States of an escalation").put("contract", "CONTRACT §3").put("first", State.RECEIVED.name());
        ObjectNode states = table.putObject("states");
        for (State state : State.values()) {
            ObjectNode one = states.putObject(state.name());
            one.put("event", state.event().component() + " " + state.event().event()).put("decided", state.decided()).put("last", state.last());
            ArrayNode next = one.putArray("next");
            state.next().forEach(after -> next.add(after.name()));
        }
        return table;
    }

    @Test
    void shouldNameEveryEntryOfAStateLikeTheState() {
        for (State state : State.values()) assertThat(state.event().event()).isEqualTo(state.name().toLowerCase(Locale.ROOT));
        JsonNode names = JsonMapper.shared().valueToTree(List.of(State.values()));
        assertThat(names).hasSize(15);
    }

    private static Path page() {
        Path here = Path.of("").toAbsolutePath();
        Path root = Files.exists(here.resolve("docs/interfaces")) ? here : here.getParent();
        return root.resolve("docs/interfaces/escalation-states.json");
    }
}
