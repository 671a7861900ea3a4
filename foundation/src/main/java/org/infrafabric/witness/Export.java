package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.infrafabric.store.StoreFailure;

/** Writes a log out for others to keep and to verify. Blobs stay at home. */
public final class Export {
    private static final int STEP = 1_000;

    private Export() {}

    /**
     * JSON lines: a header, then every entry that is durable now, each as it was sealed. Reads as it writes; entries that come meanwhile are left out.
     *
     * @return how many entries were written
     * @throws StoreFailure the database failed, or holds no log
     */
    public static long jsonLines(WitnessReader log, OutputStream out) throws IOException {
        String node = log.node().orElseThrow(() -> new StoreFailure("the database holds no witness log"));
        long end = log.count();
        out.write(ExportHeader.write(node, log.keys()));
        out.write('\n');
        long written = 0;
        for (long from = 1; from <= end;) {
            List<Row> rows = rows(log, from, end);
            if (rows.isEmpty()) break; // a log with a hole is exported as it is: the verifier will say so
            for (Row row : rows) {
                out.write(row.json().getBytes(UTF_8));
                out.write('\n');
            }
            written += rows.size();
            from = rows.getLast().seq() + 1;
        }
        return written;
    }

    private static List<Row> rows(WitnessReader log, long from, long end) {
        return log.store().read(tx -> tx.query("SELECT seq, json FROM witness_entries WHERE seq >= ? AND seq <= ? ORDER BY seq LIMIT ?",
                row -> new Row(row.number(0), row.text(1)), from, end, (long) STEP));
    }

    private record Row(long seq, String json) {}
}
