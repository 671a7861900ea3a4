package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.infrafabric.message.VerifyKey;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** C2SP signed-note, tlog-checkpoint and tlog-cosignature, held to the vectors and to the specifications' own examples. */
class CheckpointTest {
    private static final JsonNode VECTOR = JsonMapper.shared().readTree(Logs.resource("merkle.json")).get("checkpoint");
    private static final String ORIGIN = VECTOR.get("origin").stringValue();
    private static final String NOTE = VECTOR.get("note").stringValue();
    private static final byte[] ROOT = HexFormat.of().parseHex("36a259e205cad1c1a1456b16191e14c48b94d7deca2bbe70528a0b1474695d12");
    private static final NoteKey LOG = NoteKey.log(ORIGIN, Logs.BUS.verifyKey());

    @Test
    void shouldSignTheVectorsCheckpointByteForByte() {
        assertThat(Checkpoint.sign(ORIGIN, 23, ROOT, Logs.BUS).note()).hasToString(NOTE);
    }

    @Test
    void shouldReadTheVectorsCheckpointAndKnowWhoSignedIt() {
        Checkpoint read = Checkpoint.parse(NOTE);
        assertThat(read.origin()).isEqualTo(ORIGIN);
        assertThat(read.size()).isEqualTo(23);
        assertThat(read.root()).isEqualTo(ROOT);
        assertThat(read.note()).hasToString(NOTE);
        assertThat(read.isSignedBy(NoteKey.log(ORIGIN, VerifyKey.parse(VECTOR.get("publicKey").stringValue())))).isTrue();
        assertThat(read.isSignedBy(NoteKey.log(ORIGIN, Logs.OLD.verifyKey()))).isFalse();
        assertThat(read.isSignedBy(NoteKey.log("elsewhere/node-1", Logs.BUS.verifyKey()))).isFalse();
    }

    /** The example of c2sp.org/signed-note. */
    @Test
    void shouldVerifyTheSpecificationsNoteWithTheSpecificationsKey() {
        NoteKey key = NoteKey.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
        String note = "This is an example message.\n\n\u2014 example.com/foo "
                + "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
        assertThat(SignedNote.parse(note.getBytes(UTF_8)).signedBy(key)).isPresent();
        assertThat(key.vkey()).isEqualTo("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
        SignedNote altered = SignedNote.parse(note.replace("an example", "no example").getBytes(UTF_8));
        assertThatThrownBy(() -> altered.signedBy(key)).hasMessageContaining("forged or altered");
    }

    @Test
    void shouldCarryACosignatureThatSaysWhen() {
        Checkpoint plain = Checkpoint.parse(NOTE);
        NoteKey witness = NoteKey.witness("witness.example/w1", Logs.OLD.verifyKey());
        assertThat(plain.cosignedBy(witness)).isEmpty();
        Checkpoint cosigned = plain.with(plain.note().cosign("witness.example/w1", Logs.OLD, 1_679_315_147));
        Checkpoint read = Checkpoint.parse(cosigned.note().toString());
        assertThat(read.cosignedBy(witness)).contains(1_679_315_147L);
        assertThat(read.isSignedBy(LOG)).isTrue();
        // the message of the specification: a header, the time, the note's text
        byte[] message = ("cosignature/v1\ntime 1679315147\n" + plain.note().text()).getBytes(UTF_8);
        byte[] signature = read.note().signatures().getLast().bytes();
        assertThat(Logs.OLD.verifyKey().verify(message, Arrays.copyOfRange(signature, 8, 72))).isTrue();
        signature[7]++; // another second
        assertThatThrownBy(() -> read.cosignedBy(witness)).hasMessageContaining("forged or altered");
    }

    @Test
    void shouldReadAndWriteVerifierKeys() {
        for (NoteKey key : List.of(LOG, NoteKey.witness("w", Logs.OLD.verifyKey()))) assertThat(NoteKey.parse(key.vkey())).isEqualTo(key);
        assertThatThrownBy(() -> NoteKey.parse("a+b")).hasMessageContaining("NAME+ID+KEY");
        assertThatThrownBy(() -> NoteKey.parse(LOG.vkey().replace(ORIGIN, "other"))).hasMessageContaining("does not have the id");
        assertThatThrownBy(() -> NoteKey.log("a b", Logs.BUS.verifyKey())).hasMessageContaining("no key name");
        assertThatThrownBy(() -> NoteKey.log("a+b", Logs.BUS.verifyKey())).hasMessageContaining("no key name");
    }

    @Test
    void shouldRefuseWhatIsNoCheckpoint() {
        for (String bad : List.of("", "\n", "a\n1\n", NOTE.replace("\n23\n", "\n023\n"), NOTE.replace("\n23\n", "\n-1\n"),
                NOTE.replace("\n23\n", "\n\n"),
                NOTE.replace("\n23\n", "\n99999999999999999999\n"), NOTE.replace("NqJZ", "NqJ"), NOTE.replace("\u2014", "-"), NOTE + "x", NOTE + "\n",
                NOTE.substring(0, NOTE.length() - 1), NOTE.replace("23", "2\t3"), NOTE + NOTE.substring(NOTE.indexOf('\u2014')).repeat(64),
                "x".repeat(SignedNote.MAX_BYTES + 1))) {
            assertThatThrownBy(() -> Checkpoint.parse(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Property(seed = "1", tries = 500)
    void shouldReadAnyBytesAsACheckpointOrRefuseThem(@ForAll byte[] noise) {
        byte[] note = NOTE.getBytes(UTF_8);
        for (int i = 0; i + 1 < noise.length; i += 2) note[(noise[i] & 0xff) % note.length] = noise[i + 1];
        try {
            Checkpoint read = Checkpoint.parse(note);
            if (!Arrays.equals(note, NOTE.getBytes(UTF_8))) assertThat(isSigned(read) && !read.sameTree(Checkpoint.parse(NOTE))).isFalse();
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageNotContaining("null");
        }
    }

    private static boolean isSigned(Checkpoint read) {
        try {
            return read.isSignedBy(LOG);
        } catch (IllegalArgumentException forged) {
            return false;
        }
    }
}
