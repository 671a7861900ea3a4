package org.infrafabric.escalate;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.infrafabric.escalate.Feedback.Rater;
import org.infrafabric.escalate.Feedback.Result;
import org.infrafabric.escalate.Feedback.Standing;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.Witness;

/** Keeps what is said of experts: the entry and its rows, a row a hazard, in one transaction. Reading blocks; any thread that may. */
final class FeedbackBook {
    private static final List<String> STEPS = List.of(
            "CREATE TABLE feedback (escalation TEXT NOT NULL, role TEXT NOT NULL, rater TEXT NOT NULL, hazard TEXT NOT NULL, expert TEXT NOT NULL,"
                    + " usefulness INTEGER NOT NULL, time TEXT NOT NULL, PRIMARY KEY (escalation, role, rater, hazard)) STRICT",
            "CREATE INDEX feedback_expert ON feedback (expert, hazard, usefulness)");

    private final SqliteStore store;
    private final Witness witness;
    private final EscalationRows rows;

    FeedbackBook(SqliteStore store, Witness witness, EscalationRows rows) {
        this.store = store;
        this.witness = witness;
        this.rows = rows;
        store.migrate("feedback", STEPS);
    }

    /** The last word of each rater counts. */
    CompletableFuture<Result> take(String id, Rater rater, int usefulness, Optional<String> note) {
        Optional<EscalationView> found = rows.known(id).map(EscalationRows.Known::view);
        if (found.isEmpty()) return CompletableFuture.completedFuture(new Result.NoSuchEscalation());
        EscalationView view = found.get();
        if (!entitled(rater, view)) return CompletableFuture.completedFuture(new Result.NotEntitled());
        if (view.decision().isEmpty()) return CompletableFuture.completedFuture(new Result.TooEarly(view));
        Optional<String> expert = lastToAccept(view);
        if (expert.isEmpty()) return CompletableFuture.completedFuture(new Result.NobodyToRate(view));
        Draft draft = new Draft(EventType.FEEDBACK_GIVEN, view.traceId(),
                Payload.of("escalation", id, "role", Words.of(rater.role()), "rater", rater.id(), "expert", expert.get(), "usefulness", usefulness),
                note.filter(text -> !text.isBlank())
                        .map(text -> Map.of("note", new Draft.Blob("text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8))))
                        .orElse(Map.of()));
        return witness.append(new Change(List.of(draft), (tx, sealed) -> {
            for (String hazard : view.hazards()) {
                tx.execute("INSERT INTO feedback (escalation, role, rater, hazard, expert, usefulness, time) VALUES (?, ?, ?, ?, ?, ?, ?)"
                        + " ON CONFLICT (escalation, role, rater, hazard) DO UPDATE SET usefulness = excluded.usefulness, time = excluded.time", id,
                        rater.role().name(), rater.id(), hazard, expert.get(), (long) usefulness, sealed.getFirst().time());
            }
        })).thenApply(sealed -> new Result.Kept(new Feedback(id, rater, expert.get(), usefulness, time(sealed))));
    }

    List<Feedback> of(String id) {
        return store.read(tx -> tx.query(
                "SELECT DISTINCT role, rater, expert, usefulness, time FROM feedback WHERE escalation = ? ORDER BY time, rater",
                row -> new Feedback(id, new Rater(Feedback.Role.valueOf(row.text(0)), row.text(1)), row.text(2), (int) row.number(3), row.text(4)),
                id));
    }

    List<Standing> standings() {
        return store
                .read(tx -> tx.query("SELECT expert, hazard, count(*), sum(usefulness) FROM feedback GROUP BY expert, hazard ORDER BY expert, hazard",
                        row -> new Standing(row.text(0), row.text(1), row.number(2), row.number(3))));
    }

    private static String time(List<Entry> sealed) { return sealed.getFirst().time(); }

    private static boolean entitled(Rater rater, EscalationView view) {
        return switch (rater.role()) {
            case OPERATOR -> true;
            case AGENT -> rater.id().equals(view.source());
            case GUARDIAN -> view.council().members().stream().anyMatch(member -> member.guardian().equals(rater.id()));
        };
    }

    /** An expert whose phone merely rang is not rated. */
    private static Optional<String> lastToAccept(EscalationView view) {
        return view.history().stream().filter(step -> step.state().equals(State.ACCEPTED.name())).map(EscalationView.Step::detail)
                .reduce((first, last) -> last);
    }
}
