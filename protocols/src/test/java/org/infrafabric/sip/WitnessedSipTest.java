package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.Witness;
import org.junit.jupiter.api.Test;

class WitnessedSipTest {
    private final List<Draft> drafts = new ArrayList<>();
    private final WitnessedSip journal = new WitnessedSip(new Witness() {
        @Override
        public CompletableFuture<List<Entry>> append(Change change) {
            drafts.addAll(change.drafts());
            return CompletableFuture.completedFuture(List.of());
        }

        @Override
        public boolean saturated() { return false; }
    });

    @Test
    void shouldWriteEachKindAsAnEventOfItsOwnWithNoFieldThatTheListDoesNotName() {
        Set<EventType> types = new HashSet<>();
        for (SipJournal.Kind kind : SipJournal.Kind.values()) {
            journal.happened(event(kind, "0af7651916cd43dd8448eb211c80319c"));
            Draft draft = drafts.getLast();
            types.add(draft.type());
            assertThat(draft.type().component()).isEqualTo("IF.sip");
            assertThat(draft.type().event()).isEqualTo(kind.name().toLowerCase(java.util.Locale.ROOT));
            assertThat(draft.type().fields()).containsAll(draft.payload().propertyNames()).containsAll(draft.blobs().keySet());
        }
        assertThat(types).hasSize(SipJournal.Kind.values().length);
    }

    @Test
    void shouldKeepTheMessageAsABlobWithItsSecretsMasked() {
        journal.happened(event(SipJournal.Kind.INVITE_RECEIVED, "0af7651916cd43dd8448eb211c80319c"));
        Draft.Blob blob = drafts.getFirst().blobs().get("message");
        assertThat(blob.mediaType()).isEqualTo("message/sip");
        assertThat(new String(blob.bytes(), ISO_8859_1)).contains("response=\"masked\"").doesNotContain("0000");
    }

    @Test
    void shouldFindAnOrdinaryCallsEntriesTogether() {
        journal.happened(event(SipJournal.Kind.INVITE_SENT, ""));
        journal.happened(event(SipJournal.Kind.BYE_SENT, ""));
        assertThat(drafts.getFirst().traceId()).matches("[0-9a-f]{32}").isEqualTo(drafts.getLast().traceId());
    }

    private static SipJournal.Event event(SipJournal.Kind kind, String traceId) {
        byte[] message = "INVITE sip:a@b SIP/2.0\r\nAuthorization: Digest response=\"0000\"\r\n\r\n".getBytes(ISO_8859_1);
        return new SipJournal.Event(kind, traceId, "c1", "sip:a@b", Endpoint.parse("udp:127.0.0.1:5080"), 200, "why", message);
    }
}
