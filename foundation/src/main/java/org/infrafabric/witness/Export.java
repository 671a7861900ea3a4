package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.infrafabric.store.StoreFailure;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Writes a log out for others to keep and to verify. Blobs stay at home. */
public final class Export {
    private static final int STEP = 1_000;
    private static final List<String> COLUMNS = List.of("seq", "time", "node", "component", "event", "traceId", "escalation", "payload", "cost",
            "prev",
            "keyId", "hash", "sig");

    private Export() {}

    /**
     * JSON lines: a header, then every entry that is durable now, each as it was sealed. Reads as it writes; entries that come meanwhile are left out.
     *
     * @return how many entries were written
     * @throws StoreFailure the database failed, or holds no log
     */
    public static long jsonLines(WitnessReader log, OutputStream out) throws IOException {
        out.write(header(log));
        out.write('\n');
        return each(log, row -> {
            out.write(row.json().getBytes(UTF_8));
            out.write('\n');
        });
    }

    /** One JSON object: what {@link #jsonLines} writes, with the entries as a list. Throws as there. */
    public static long json(WitnessReader log, OutputStream out) throws IOException {
        byte[] header = header(log);
        out.write(header, 0, header.length - 1); // without its brace
        out.write(",\"entries\":[".getBytes(UTF_8));
        boolean[] any = {false};
        long written = each(log, row -> {
            if (any[0]) out.write(',');
            any[0] = true;
            out.write('\n');
            out.write(row.json().getBytes(UTF_8));
        });
        out.write("\n]}\n".getBytes(UTF_8));
        return written;
    }

    /** A table for people (RFC 4180), in which nothing is a formula. To prove anything, export JSON lines. Throws as there. */
    public static long csv(WitnessReader log, OutputStream out) throws IOException {
        if (log.node().isEmpty()) throw none();
        out.write((String.join(",", COLUMNS) + "\r\n").getBytes(UTF_8));
        return each(log, row -> {
            JsonNode entry = JsonMapper.shared().readTree(row.json());
            StringBuilder line = new StringBuilder();
            for (String column : COLUMNS) {
                JsonNode value = column.equals("escalation") ? entry.path("payload").path("escalation") : entry.path(column);
                if (!line.isEmpty()) line.append(',');
                line.append(cell(value.isMissingNode() ? "" : value.isString() ? value.stringValue() : value.toString()));
            }
            out.write(line.append("\r\n").toString().getBytes(UTF_8));
        });
    }

    /** A cell that begins as a formula does gets an apostrophe before it (OWASP, CSV injection), for spreadsheets would run it. */
    static String cell(String text) {
        String tame = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        boolean quoted = tame.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return quoted ? "\"" + tame.replace("\"", "\"\"") + "\"" : tame;
    }

    private static byte[] header(WitnessReader log) {
        return ExportHeader.write(log.node().orElseThrow(Export::none), log.keys());
    }

    private static StoreFailure none() { return new StoreFailure("the database holds no witness log"); }

    private interface Use {
        void row(Row row) throws IOException;
    }

    private static long each(WitnessReader log, Use use) throws IOException {
        long end = log.count();
        long written = 0;
        for (long from = 1; from <= end;) {
            List<Row> rows = rows(log, from, end);
            if (rows.isEmpty()) break; // a log with a hole is exported as it is: the verifier will say so
            for (Row row : rows) use.row(row);
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
