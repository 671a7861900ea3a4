package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.infrafabric.message.SigningKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Cosigning;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.WitnessLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class LogReaderTest {
    @Test
    void shouldReadAndFollowTheNodesLog(@TempDir Path dir) throws Exception {
        try (SqliteStore store = SqliteStore.open(dir.resolve("ifbus.db"));
                WitnessLog log = WitnessLog.open(store, "node-1", SigningKey.generate(), Instant::now)) {
            LogReader reader = LogReader.of(log, Cosigning.none(log), Path.of("bus.key"));
            assertThat(reader.head()).isEmpty();
            append(log, "esc-1");
            append(log, "esc-2");
            BlockingQueue<Entry> followed = new LinkedBlockingQueue<>();
            try (var subscription = reader.subscribe(followed::add)) {
                append(log, "esc-1");
                assertThat(followed.poll(10, TimeUnit.SECONDS)).extracting(Entry::seq).isEqualTo(3L);
            }
            assertThat(reader.head()).map(Entry::seq).contains(3L);
            assertThat(reader.entries(Optional.empty(), 2, 10)).extracting(Entry::seq).containsExactly(2L, 3L);
            assertThat(reader.entries(Optional.of(ToldEscalations.trace("esc-1")), 1, 10)).extracting(Entry::seq).containsExactly(1L, 3L);
        }
    }

    private static void append(WitnessLog log, String escalation) throws Exception {
        List<Entry> sealed = log.append(Change.of(new Draft(EventType.CLOSED, ToldEscalations.trace(escalation),
                JsonMapper.shared().createObjectNode().put("escalation", escalation)))).get(10, TimeUnit.SECONDS);
        assertThat(sealed).hasSize(1);
    }
}
