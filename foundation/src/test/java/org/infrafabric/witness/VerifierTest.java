package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.StrictJson;
import org.infrafabric.message.VerifyKey;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class VerifierTest {
    private static final VerifyKey BUS = Logs.BUS.verifyKey();
    private static final List<String> VECTOR = Logs.vectorLines();
    private static final String HEAD = "87b6c872dd6e2f8ef2050d90086c0d062d081fc396d25dcf69d930d7243efeaa";

    @Test
    void shouldFindTheVectorWhole() {
        Verdict verdict = Logs.verify(Logs.resource("witness-export.jsonl"), Optional.of(HEAD), BUS);
        assertThat(verdict).isEqualTo(new Verdict("node-1", 23, HEAD, "36a259e205cad1c1a1456b16191e14c48b94d7deca2bbe70528a0b1474695d12",
                Optional.empty(), true, List.of("1d6b326d9156bfde")));
    }

    @Test
    void shouldSayThatTheExportsOwnKeysProveNothing() {
        Verdict verdict = Logs.verify(VECTOR);
        assertThat(verdict.intact()).isTrue();
        assertThat(verdict.proven()).isFalse();
    }

    @Test
    void shouldRefuseALogThatTheGivenKeyNeverSigned() {
        Verdict verdict = Logs.verify(VECTOR, Logs.OLD.verifyKey());
        assertThat(verdict.fault()).hasValueSatisfying(fault -> {
            assertThat(fault.seq()).isEqualTo(1);
            assertThat(fault.what()).contains("1d6b326d9156bfde");
        });
        assertThat(verdict.proven()).isFalse();
    }

    @Test
    void shouldNeedNoKeysInTheExportWhenOneIsGiven() {
        List<String> lines = edited(0, header -> header.putArray("keys"));
        assertThat(Logs.verify(lines, BUS).intact()).isTrue();
        assertThat(faultOf(Logs.verify(lines))).isEqualTo(1);
    }

    @Property(seed = "1", tries = 300)
    void shouldNoticeAnyFieldThatWasAlteredAndNameItsEntry(@ForAll @IntRange(min = 1, max = 23) int line, @ForAll("paths") String pointer,
            @ForAll("values") JsonNode value) {
        List<String> lines = edited(line, entry -> {
            ObjectNode owner = pointer.startsWith("payload.") ? (ObjectNode) entry.get("payload") : entry;
            String field = pointer.substring(pointer.indexOf('.') + 1);
            if (value.equals(owner.get(field))) return;
            owner.set(field, value);
        });
        if (lines.equals(VECTOR)) return;
        assertThat(faultOf(Logs.verify(lines, BUS))).isEqualTo(line);
        assertThat(faultOf(Logs.verify(lines))).isEqualTo(line);
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of("seq", "time", "node", "component", "event", "traceId", "payload", "prev", "keyId", "hash", "sig", "added",
                "payload.escalation",
                "payload.added", "payload.vote");
    }

    @Provide
    Arbitrary<JsonNode> values() {
        List<JsonNode> values = new ArrayList<>();
        for (String json : List.of("0", "7", "1.5", "-1", "\"\"", "\"x\"", "null", "true", "{}", "[]", "{\"a\":1}", "\"2026-11-21T12:00:00.001Z\"",
                "\"" + "0".repeat(64) + "\"", "\"e35aff40695aa1be\"", "\"" + "A".repeat(86) + "\"")) {
            values.add(parse("{\"v\":" + json + "}").get("v"));
        }
        return Arbitraries.of(values);
    }

    @Property(seed = "1", tries = 300)
    void shouldNoticeAnyByteThatWasAltered(@ForAll @IntRange(min = 0, max = 11_798) int at, @ForAll @IntRange(min = 1, max = 255) int by) {
        byte[] export = Logs.resource("witness-export.jsonl").clone();
        export[at] ^= (byte) by;
        Verdict verdict = Logs.verify(export, Optional.of(HEAD), BUS);
        int line = 0;
        for (int i = 0; i < at; i++) if (export[i] == '\n') line++;
        if (verdict.intact()) assertThat(sameMeaning(export)).as("byte %d", at).isTrue();
        else assertThat(verdict.fault().orElseThrow().seq()).as("byte %d", at).isBetween(0L, line + 1L);
    }

    /** White space for white space, such as LF for CR LF's first half, is no change of what an entry says; nor is the header's list of unneeded keys. */
    private static boolean sameMeaning(byte[] export) {
        String[] lines = new String(export, UTF_8).split("\n", -1);
        for (int i = 1; i < VECTOR.size(); i++) {
            if (lines.length <= i || !parse(lines[i].strip()).equals(parse(VECTOR.get(i)))) return false;
        }
        return true;
    }

    @Property(seed = "1", tries = 60)
    void shouldNoticeAnEntryThatWasTakenOut(@ForAll @IntRange(min = 1, max = 22) int line) {
        List<String> lines = new ArrayList<>(VECTOR);
        lines.remove(line);
        assertThat(faultOf(Logs.verify(lines, BUS))).isEqualTo(line);
    }

    @Property(seed = "1", tries = 60)
    void shouldNoticeEntriesThatChangedPlaces(@ForAll @IntRange(min = 1, max = 22) int line) {
        List<String> lines = new ArrayList<>(VECTOR);
        lines.set(line, VECTOR.get(line + 1));
        lines.set(line + 1, VECTOR.get(line));
        assertThat(faultOf(Logs.verify(lines, BUS))).isEqualTo(line);
    }

    @Test
    void shouldNoticeARepeatedEntry() {
        List<String> lines = new ArrayList<>(VECTOR);
        lines.add(6, VECTOR.get(5));
        assertThat(faultOf(Logs.verify(lines, BUS))).isEqualTo(6);
    }

    @Test
    void shouldNoticeAnEndThatWasCutOffOnlyByTheExpectedHead() {
        List<String> lines = VECTOR.subList(0, 20);
        assertThat(Logs.verify(lines, BUS).intact()).isTrue();
        Verdict verdict = Logs.verify(lines, Optional.of(HEAD), BUS);
        assertThat(faultOf(verdict)).isEqualTo(20);
        assertThat(verdict.fault().orElseThrow().what()).contains("missing at the end");
        assertThat(verdict.entries()).isEqualTo(19);
        assertThat(verdict.proven()).isFalse();
    }

    @Test
    void shouldNoticeALineThatBreaksOff() {
        byte[] export = Logs.resource("witness-export.jsonl");
        assertThat(faultOf(Logs.verify(Arrays.copyOf(export, export.length - 100), Optional.empty(), BUS))).isEqualTo(23);
    }

    @Test
    void shouldNoticeAForgeryByAnotherKeyThatTheExportItselfListsAmongItsKeys() {
        List<String> lines = new ArrayList<>(VECTOR.subList(0, 23));
        lines.set(0, lines.get(0).replace("]}", ",{\"keyId\":\"" + Logs.OLD.keyId() + "\",\"publicKey\":\"" + Logs.OLD.verifyKey() + "\"}]}"));
        lines.add(sealed(23, "7d1c7d0c924f606b7a7d779516e0d1057df501c2656a3311662522b47c71ed17", Logs.OLD, Logs.draft("forged")));
        Verdict verdict = Logs.verify(lines);
        assertThat(faultOf(verdict)).isEqualTo(23);
        assertThat(verdict.fault().orElseThrow().what()).contains(Logs.OLD.keyId());
    }

    @Test
    void shouldNoticeAForgedSignatureUnderTheRightKeyId() {
        List<String> lines = new ArrayList<>(VECTOR.subList(0, 23));
        String forged = sealed(23, "7d1c7d0c924f606b7a7d779516e0d1057df501c2656a3311662522b47c71ed17", Logs.BUS, Logs.draft("forged"));
        String sig = parse(VECTOR.get(23)).get("sig").stringValue();
        lines.add(forged.substring(0, forged.lastIndexOf("\"sig\":\"") + 7) + sig + "\"}");
        assertThat(Logs.verify(lines, BUS).fault().orElseThrow().what()).contains("signature");
        assertThat(faultOf(Logs.verify(lines, BUS))).isEqualTo(23);
    }

    @Test
    void shouldRefuseEveryOtherWayToWriteASignature() {
        String sig = parse(VECTOR.get(23)).get("sig").stringValue();
        char last = sig.charAt(85);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        String stray = sig.substring(0, 85) + alphabet.charAt(alphabet.indexOf(last) ^ 1); // bits past the 64 bytes
        for (String other : List.of(stray, sig + "==", sig + "\\n")) {
            List<String> lines = new ArrayList<>(VECTOR);
            lines.set(23, VECTOR.get(23).replace(sig, other));
            assertThat(faultOf(Logs.verify(lines, BUS))).as(other).isEqualTo(23);
        }
    }

    @Test
    void shouldRefuseAProperlySignedEntryThatHoldsAFraction() {
        String line = sealedAsIs(
                "{\"seq\":1,\"time\":\"2026-11-21T12:00:00.000Z\",\"node\":\"n\",\"component\":\"IF.cost\",\"event\":\"minute\",\"traceId\":\""
                        + Logs.TRACE
                        + "\",\"payload\":{\"microUnits\":1.5},\"prev\":\"" + EntryForm.GENESIS + "\",\"keyId\":\"" + Logs.BUS.keyId() + "\"}");
        Verdict verdict = Logs.verify(List.of("{\"ifbusExport\":1,\"node\":\"n\",\"keys\":[]}", line), BUS);
        assertThat(faultOf(verdict)).isEqualTo(1);
        assertThat(verdict.fault().orElseThrow().what()).contains("payload.microUnits").contains("integer");
    }

    @Test
    void shouldRefuseAProperlySignedEntryWithAnotherFormOfTime() {
        for (String time : List.of("2026-11-21T12:00:00Z", "2026-11-21T12:00:00.0000Z", "2026-11-21T13:00:00.000+01:00", "2026-11-21t12:00:00.000z",
                "yesterday")) {
            String line = sealedAsIs(
                    "{\"seq\":1,\"time\":\"" + time + "\",\"node\":\"n\",\"component\":\"IF.cost\",\"event\":\"minute\",\"traceId\":\"" + Logs.TRACE
                            + "\",\"payload\":{},\"prev\":\"" + EntryForm.GENESIS + "\",\"keyId\":\"" + Logs.BUS.keyId() + "\"}");
            Verdict verdict = Logs.verify(List.of("{\"ifbusExport\":1,\"node\":\"n\",\"keys\":[]}", line), BUS);
            assertThat(verdict.fault().orElseThrow().what()).as(time).contains("time");
        }
    }

    @Test
    void shouldFindAnEmptyLogWholeAndProveNothingByIt() {
        Verdict verdict = Logs.verify(VECTOR.subList(0, 1), BUS);
        assertThat(verdict.intact()).isTrue();
        assertThat(verdict.entries()).isZero();
        assertThat(verdict.proven()).isFalse();
        assertThat(verdict.head()).isEqualTo("0".repeat(64));
    }

    @Test
    void shouldRefuseWhatIsNoExport() throws Exception {
        for (String text : List.of("", "\n", "hello", "{}", "{\"ifbusExport\":2,\"node\":\"n\",\"keys\":[]}", "{\"ifbusExport\":1,\"keys\":[]}",
                "{\"ifbusExport\":1,\"node\":\"n\",\"keys\":[{\"keyId\":\"0\",\"publicKey\":\"" + BUS + "\"}]}",
                "{\"ifbusExport\":1,\"node\":\"n\",\"keys\":[{\"keyId\":\"0\",\"publicKey\":\"ed25519:AAAA\"}]}", VECTOR.get(1))) {
            Verdict verdict = new Verifier(List.of(), Optional.empty()).verify(new ByteArrayInputStream(text.getBytes(UTF_8)));
            assertThat(verdict.fault()).as(text).hasValueSatisfying(fault -> assertThat(fault.seq()).isZero());
        }
    }

    @Test
    void shouldNotBeFilledUpByAnEndlessLine() throws Exception {
        var endless = new java.io.InputStream() {
            private long left = 200L << 20;

            @Override
            public int read() { return left-- > 0 ? 'x' : -1; }

            @Override
            public int read(byte[] into, int offset, int length) {
                if (left <= 0) return -1;
                Arrays.fill(into, offset, offset + length, (byte) 'x');
                left -= length;
                return length;
            }
        };
        assertThat(new LineReader(endless, 1_000).next()).hasValueSatisfying(line -> assertThat(line).hasSize(1_000));
    }

    @Property(seed = "1", tries = 100)
    void shouldReadLinesAsTheyWereWritten(@ForAll List<@net.jqwik.api.constraints.Size(max = 200) String> written) throws Exception {
        List<String> lines = written.stream().map(line -> line.replaceAll("[\r\n]", "")).toList();
        String text = String.join("\n", lines) + "\n";
        LineReader reader = new LineReader(new ByteArrayInputStream(text.getBytes(UTF_8)), 1 << 20);
        for (String line : lines) assertThat(new String(reader.next().orElseThrow(), UTF_8)).isEqualTo(new String(line.getBytes(UTF_8), UTF_8));
    }

    private interface Edit {
        void of(ObjectNode entry);
    }

    private static List<String> edited(int line, Edit edit) {
        ObjectNode entry = parse(VECTOR.get(line));
        edit.of(entry);
        List<String> lines = new ArrayList<>(VECTOR);
        lines.set(line, entry.toString());
        return lines;
    }

    private static long faultOf(Verdict verdict) {
        assertThat(verdict.fault()).isPresent();
        return verdict.fault().get().seq();
    }

    private static ObjectNode parse(String json) {
        try {
            return StrictJson.parse(json.getBytes(UTF_8));
        } catch (org.infrafabric.message.MessageRefused e) {
            throw new AssertionError(json, e);
        }
    }

    private static String sealed(long seq, String prev, SigningKey key, Draft draft) {
        PreparedDraft prepared = PreparedDraft.of(draft, new java.util.Random(1));
        return EntryForm.hash(seq, "2026-11-21T12:00:22.814Z", "node-1", prepared, prev, key.keyId()).signed(key).entry().json();
    }

    private static String sealedAsIs(String unsealed) {
        String hash = org.infrafabric.message.Sha256.hex(org.infrafabric.message.CanonicalJson.of(parse(unsealed)));
        String sig = Logs.BUS.signBase64Url(EntryForm.signedBytes(hash));
        return unsealed.substring(0, unsealed.length() - 1) + ",\"hash\":\"" + hash + "\",\"sig\":\"" + sig + "\"}";
    }
}
