package org.infrafabric.server;

import io.javalin.http.Context;
import java.io.IOException;
import java.util.NoSuchElementException;
import org.infrafabric.escalate.KeptWords;
import org.infrafabric.store.StoreFailure;
import org.infrafabric.witness.Entry;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What operators do to the log. */
final class KeeperRoutes {
    private final LogReader log;

    KeeperRoutes(LogReader log) { this.log = log; }

    void rotateKey(Context ctx) throws IOException {
        try {
            Entry said = log.keeper().rotateKey();
            ObjectNode answer = JsonMapper.shared().createObjectNode().put("keyId", said.payload().path("keyId").asString(""))
                    .put("publicKey", said.payload().path("publicKey").asString("")).put("since", said.time()).put("seq", said.seq());
            Answers.json(ctx, 200, answer);
        } catch (StoreFailure failure) {
            throw new Problem(Problem.Code.OVERLOAD, "", "The log cannot be written now; the old key goes on.");
        }
    }

    /** Answers with the entry that tells of the deletion. */
    void deleteBlob(Context ctx) {
        String id = Parameters.blob(ctx);
        try {
            Answers.json(ctx, 200, log.keeper().deleteBlob(id, Parameters.text(ctx, "reason", 200, "asked for")).json());
        } catch (NoSuchElementException gone) {
            throw new Problem(Problem.Code.NOT_FOUND, "id", "There is no blob of that id, or it was deleted.");
        } catch (KeptWords.StillRuns running) {
            throw new Problem(Problem.Code.STATE, "", "Not deleted: " + running.getMessage() + ".");
        } catch (StoreFailure failure) {
            throw new Problem(Problem.Code.OVERLOAD, "", "The log cannot be written now; nothing was deleted.");
        }
    }
}
