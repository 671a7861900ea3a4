package org.infrafabric.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.infrafabric.testkit.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriterTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir Path directory;

    @Test
    void shouldGiveMemoryBackOnceEachTimeItComesToRestAndWriteOnAfterwards() throws Exception {
        try (Database database = Database.writing(directory.resolve("rest.db"));
                Writer writer = new Writer(database, 100, List.of(), Duration.ofMillis(20))) {
            writer.start();
            assertThat(write(writer, "CREATE TABLE things (name TEXT) STRICT")).isZero();
            Await.until("a rest", LIMIT, writer::rests, rests -> rests == 1);

            assertThat(write(writer, "INSERT INTO things VALUES ('a')")).isEqualTo(1);
            Await.until("the next rest", LIMIT, writer::rests, rests -> rests == 2);
            writer.truncateLater(); // wakes it, which is no work
            assertThat(write(writer, "INSERT INTO things VALUES ('b')")).isEqualTo(1);
            Await.until("the rest after that", LIMIT, writer::rests, rests -> rests == 3);
            assertThat(writer.trouble()).isEmpty();
        }
    }

    private static int write(Writer writer, String sql) {
        Group.Pending<Integer> work = new Group.Pending<>(tx -> tx.execute(sql));
        writer.enqueue(work);
        return work.future().join();
    }
}
