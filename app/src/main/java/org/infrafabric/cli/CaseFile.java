package org.infrafabric.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.infrafabric.escalate.EscalationView;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.record.RecordedFile;
import org.infrafabric.record.RecordingFolder;
import org.infrafabric.report.Report;
import org.infrafabric.server.DataDirectory;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Checkpoint;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.NodeKey;
import org.infrafabric.witness.Verdict;
import org.infrafabric.witness.Verifier;
import org.infrafabric.witness.WitnessReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a bus's data directory holds about one escalation, beside the bus or after it.
 *
 * @param log what the verifier found in the whole log
 * @param report not written yet
 */
record CaseFile(Verdict log, List<RecordedFile> sounds, Report report) {
    /**
     * Verifies the whole log, so it takes its time with a large one.
     *
     * @param keys that the log must be signed by; where none is known, it is the bus's own that counts, if it can be read here
     */
    static CaseFile read(DataDirectory data, SqliteStore store, EscalationView view, List<VerifyKey> keys) throws IOException {
        List<VerifyKey> trusted = !keys.isEmpty() || !Files.isReadable(data.busKey()) ? keys : List.of(SigningKey.read(data.busKey()).verifyKey());
        Verdict log = new Verifier(trusted, Optional.empty()).verify(store);
        WitnessReader reader = new WitnessReader(store);
        List<RecordedFile> sounds = RecordedFile.in(RecordingFolder.of(data.path(), view.id()));
        Optional<Checkpoint> checkpoint = log.intact() ? NodeCheckpoint.find(reader.count(), reader, data.busKey()) : Optional.empty(); // a broken log is not signed for
        Report report = new Report(view, entries(reader, view), log, signers(trusted, reader), checkpoint, sounds, data.path().toString());
        return new CaseFile(log, sounds, report);
    }

    /** Those of its trace that are about no other escalation: an agent may ask more than once under one trace. */
    private static List<Entry> entries(WitnessReader reader, EscalationView view) {
        return reader.entries(view.traceId(), 1, WitnessReader.MAX_LIMIT).stream().filter(entry -> {
            String about = JsonMapper.shared().readTree(entry.json()).path("payload").path("escalation").asString("");
            return about.isEmpty() || about.equals(view.id());
        }).toList();
    }

    /** The decision may be signed by a key that was followed by another since. The last is the one to verify the log by. */
    private static List<VerifyKey> signers(List<VerifyKey> trusted, WitnessReader reader) {
        List<VerifyKey> signers = new ArrayList<>();
        for (NodeKey key : reader.keys()) signers.add(VerifyKey.parse(key.publicKey()));
        signers.removeAll(trusted);
        signers.addAll(trusted);
        return signers;
    }
}
