package org.infrafabric.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class StrictJsonTest {
    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "1", "\"a\"", "[]", "{", "{}}", "{}{}", "{} x", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}",
        "{\"a\":01}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":1.}", "{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":0x1}", "{\"a\":1}//", "/**/{}",
        "{\"a\":\"\t\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":[1 2]}", "{\"a\":tru}", "\ufeff{}", "{\"a\":1e400}", "{\"a\":-1e999}"})
    void shouldRefuseWhatIsNotOneJsonObject(String text) { refused(text.getBytes(UTF_8)); }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":2}", "{\"b\":{\"a\":1,\"c\":2,\"a\":3}}",
        "{\"a\":[{\"x\":0},{\"y\":0,\"y\":1}]}"})
    void shouldRefuseDuplicateNames(String text) { assertThat(refused(text.getBytes(UTF_8)).detail()).contains("twice"); }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":\"\\ud800\"}", "{\"a\":\"\\udc00\"}", "{\"a\":\"x\\ud83dy\"}", "{\"a\":\"\\ude00\\ud83d\"}", "{\"\\ud800\":1}"})
    void shouldRefuseEscapedHalfCharacters(String text) { assertThat(refused(text.getBytes(UTF_8)).detail()).contains("surrogate"); }

    @ParameterizedTest
    @ValueSource(strings = {"\u00ed\u00a0\u0080", "\u00c0\u0080", "\u00e0\u0080\u0080", "\u00f4\u0090\u0080\u0080", "\u0080", "\u00ff",
        "\u00e2\u0082"})
    void shouldRefuseBytesThatAreNoUtf8(String octets) {
        assertThat(refused(("{\"a\":\"" + octets + "\"}").getBytes(ISO_8859_1)).detail()).contains("byte 7").contains("UTF-8");
        refused(("{\"" + octets + "\":1}").getBytes(ISO_8859_1));
    }

    @Test
    void shouldRefuseOtherEncodings() { refused("{\"a\":1}".getBytes(UTF_16)); }

    @ParameterizedTest
    @ValueSource(strings = {"9007199254740993", "-9007199254740993", "9223372036854775807", "18446744073709551615", "100000000000000000000000"})
    void shouldRefuseIntegersThatNoDoubleHolds(String integer) {
        MessageRefused refused = refused(("{\"x\":{\"n\":[0," + integer + "]}}").getBytes(UTF_8));
        assertThat(refused.detail()).contains("line 1, column 14").contains("string");
        assertThat(refused.field()).isEqualTo("/x/n/1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9007199254740992", "9007199254740994", "-9223372036854775808", "18446744073709551616", "-0", "0.1", "1e308", "1e-400"})
    void shouldTakeNumbersThatADoubleIs(String number) throws Exception {
        assertThat(StrictJson.parse(("{\"a\":" + number + "}").getBytes(UTF_8)).path("a").doubleValue()).isEqualTo(Double.parseDouble(number));
    }

    @Test
    void shouldTakeDepth32AndNoMore() throws Exception {
        assertThat(StrictJson.parse(nested(32)).has("a")).isTrue();
        refused(nested(33));
        refused(nested(200_000));
        refused(("{\"a\":" + "[".repeat(100_000)).getBytes(UTF_8));
    }

    @Test
    void shouldBoundNamesNumbersAndTheWhole() throws Exception {
        assertThat(StrictJson.parse(("{\"" + "n".repeat(256) + "\":1}").getBytes(UTF_8))).hasSize(1);
        refused(("{\"" + "n".repeat(50_000) + "\":1}").getBytes(UTF_8));
        refused(("{\"a\":" + "9".repeat(100_000) + "}").getBytes(UTF_8));
        refused(("{\"a\":0." + "1".repeat(100_000) + "}").getBytes(UTF_8));
        refused(new byte[StrictJson.MAX_BYTES + 1]);
    }

    @Test
    void shouldSayWhereAndNeverRepeatTheInputAtLength() {
        assertThat(refused("{\n \"a\": 1,\n \"b\": oops\n}".getBytes(UTF_8)).detail()).startsWith("line 3, column ");
        assertThat(refused(("{\"a\": " + "z".repeat(100_000) + "}").getBytes(UTF_8)).detail()).hasSizeLessThan(400);
    }

    /** Whatever is done to a message's bytes, it is read as JSON or refused as malformed; nothing else comes out. */
    @Property(seed = "1", tries = 2000)
    void shouldReadOrRefuseEveryMutation(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = Vectors.plain().toString().getBytes(UTF_8);
        for (int i = random.nextInt(4); i >= 0; i--) bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        try {
            ObjectNode tree = StrictJson.parse(bytes);
            assertThat(StrictJson.parse(CanonicalJson.of(tree)).size()).isEqualTo(tree.size());
        } catch (MessageRefused e) {
            assertThat(e.code()).isEqualTo(MessageRefused.Code.MALFORMED);
            assertThat(e.detail()).isNotBlank();
        }
    }

    private static byte[] nested(int depth) { return ("{\"a\":" + "[".repeat(depth - 1) + "]".repeat(depth - 1) + "}").getBytes(UTF_8); }

    private static MessageRefused refused(byte[] bytes) {
        MessageRefused refused = catchThrowableOfType(MessageRefused.class, () -> StrictJson.parse(bytes));
        assertThat(refused).isNotNull();
        assertThat(refused.code()).isEqualTo(MessageRefused.Code.MALFORMED);
        assertThat(refused.detail()).isNotBlank();
        return refused;
    }
}
