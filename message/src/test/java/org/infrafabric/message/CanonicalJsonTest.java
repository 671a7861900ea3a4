package org.infrafabric.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class CanonicalJsonTest {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** RFC 8785 appendix B: the double's bits, and how it is written. */
    @ParameterizedTest
    @CsvSource({"0000000000000000,0", "8000000000000000,0", "0000000000000001,5e-324", "8000000000000001,-5e-324",
        "7fefffffffffffff,1.7976931348623157e+308", "ffefffffffffffff,-1.7976931348623157e+308", "4340000000000000,9007199254740992",
        "c340000000000000,-9007199254740992", "4430000000000000,295147905179352830000", "44b52d02c7e14af5,9.999999999999997e+22",
        "44b52d02c7e14af6,1e+23", "44b52d02c7e14af7,1.0000000000000001e+23", "444b1ae4d6e2ef4e,999999999999999700000",
        "444b1ae4d6e2ef4f,999999999999999900000", "444b1ae4d6e2ef50,1e+21", "3eb0c6f7a0b5ed8c,9.999999999999997e-7",
        "3eb0c6f7a0b5ed8d,0.000001", "41b3de4355555553,333333333.3333332", "41b3de4355555554,333333333.33333325",
        "41b3de4355555555,333333333.3333333", "41b3de4355555556,333333333.3333334", "41b3de4355555557,333333333.33333343",
        "becbf647612f3696,-0.0000033333333333333333", "43143ff3c1cb0959,1424953923781206.2"})
    void shouldWriteTheNumbersOfTheRfc(String bits, String text) {
        assertThat(EcmaScriptNumber.text(Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16)))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"7fffffffffffffff", "7ff0000000000000", "fff0000000000000"})
    void shouldRefuseWhatIsNoNumber(String bits) {
        JsonNode node = NODES.numberNode(Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16)));
        assertThatThrownBy(() -> CanonicalJson.of(node)).isInstanceOf(IllegalArgumentException.class);
    }

    /** RFC 8785 §3.2.2 and §3.2.3. */
    @Test
    void shouldWriteTheExamplesOfTheRfc() throws Exception {
        assertThat(canonical("""
                {"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
                 "string":"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
                 "literals":[null,true,false]}""")).isEqualTo("""
                {"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA'B\\"\\\\\\\\\\"/"}""");
        assertThat(canonical("""
                {"\\u20ac":"Euro Sign","\\r":"Carriage Return","\\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
                 "\\ud83d\\ude00":"Emoji: Grinning Face","\\u0080":"Control","\\u00f6":"Latin Small Letter O With Diaeresis"}""")).isEqualTo("""
                {"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign",\
                "😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}""");
    }

    @Test
    void shouldWriteIntegersAsTheDoublesThatTheyAre() {
        assertThat(text(NODES.numberNode(1L << 53))).isEqualTo("9007199254740992");
        assertThat(text(NODES.numberNode(1L << 62))).isEqualTo("4611686018427388000");
        assertThat(text(NODES.numberNode(Long.MIN_VALUE))).isEqualTo("-9223372036854776000");
        assertThat(text(NODES.numberNode(BigInteger.TEN.pow(22)))).isEqualTo("1e+22");
        assertThatThrownBy(() -> text(NODES.numberNode((1L << 53) + 1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> text(NODES.numberNode(Long.MAX_VALUE))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> text(NODES.numberNode(BigInteger.TEN.pow(23)))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseHalfCharactersAndWhatJsonDoesNotHave() {
        assertThatThrownBy(() -> text(NODES.stringNode("a\ud800b"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> text(NODES.stringNode("\udc00"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> text(NODES.binaryNode(new byte[1]))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> text(NODES.missingNode())).isInstanceOf(IllegalArgumentException.class);
    }

    /** ECMA-262 Number::toString, by exact arithmetic: as few digits as read back, and of these the nearest to the value. */
    @Property(seed = "1", tries = 3000)
    void shouldWriteTheShortestDigitsThatReadBack(@ForAll long bits) {
        double value = Double.longBitsToDouble(bits);
        if (!Double.isFinite(value) || value == 0) return;
        String text = EcmaScriptNumber.text(value);
        assertThat(Double.parseDouble(text)).isEqualTo(value);
        BigDecimal written = new BigDecimal(text).stripTrailingZeros();
        BigDecimal exact = new BigDecimal(value);
        int digits = written.precision();
        assertThat(written).isEqualByComparingTo(exact.round(new MathContext(digits)));
        if (digits > 1) assertThat(exact.round(new MathContext(digits - 1)).doubleValue()).isNotEqualTo(value);
    }

    @Property(seed = "1", tries = 300)
    void shouldBeReadBackAsTheSameTreeAndStayAsItIs(@ForAll("objects") ObjectNode tree) throws Exception {
        byte[] once = CanonicalJson.of(tree);
        ObjectNode back = StrictJson.parse(once);
        assertThat(CanonicalJson.of(back)).isEqualTo(once);
        assertThat(back.properties()).hasSameSizeAs(tree.properties());
        assertThat(text(back)).doesNotContain("\n");
    }

    @Property(seed = "1", tries = 300)
    void shouldNotDependOnTheOrderOfNames(@ForAll("objects") ObjectNode tree) {
        ObjectNode reversed = NODES.objectNode();
        tree.propertyStream().sorted((a, b) -> b.getKey().compareTo(a.getKey())).forEach(e -> reversed.set(e.getKey(), e.getValue()));
        assertThat(CanonicalJson.of(reversed)).isEqualTo(CanonicalJson.of(tree));
    }

    @Provide
    Arbitrary<ObjectNode> objects() { return objects(3); }

    private Arbitrary<ObjectNode> objects(int depth) {
        return Arbitraries.maps(names(), values(depth)).ofMaxSize(6).map(map -> {
            ObjectNode object = NODES.objectNode();
            map.forEach(object::set);
            return object;
        });
    }

    private Arbitrary<JsonNode> values(int depth) {
        Arbitrary<JsonNode> leaf = Arbitraries.oneOf(names().map(NODES::stringNode),
                Arbitraries.integers().map(NODES::numberNode),
                Arbitraries.longs().between(-(1L << 53), 1L << 53).map(NODES::numberNode),
                Arbitraries.longs().map(Double::longBitsToDouble).filter(CanonicalJsonTest::readsBack).map(NODES::numberNode),
                Arbitraries.of(true, false).map(NODES::booleanNode), Arbitraries.just(NODES.nullNode()));
        if (depth == 0) return leaf;
        Arbitrary<JsonNode> array = values(depth - 1).list().ofMaxSize(4).map(list -> {
            ArrayNode node = NODES.arrayNode();
            list.forEach(node::add);
            return node;
        });
        return Arbitraries.oneOf(leaf, array, objects(depth - 1).map(o -> (JsonNode) o));
    }

    /**
     * Between 2^53 and 10^21 ECMAScript writes a double as an integer that no double may hold exactly (its digits end in zeros of the writer's making), and such a
     * literal is refused on the way in.
     */
    private static boolean readsBack(double value) {
        return Double.isFinite(value) && (Math.abs(value) < 1L << 53 || Math.abs(value) >= 1e21);
    }

    /** Whole characters of every plane, with those that need escapes often. */
    private static Arbitrary<String> names() {
        Arbitrary<Integer> points = Arbitraries.oneOf(Arbitraries.integers().between(0, 0x7F), Arbitraries.integers().between(0x80, 0xD7FF),
                Arbitraries.integers().between(0xE000, 0x10FFFF), Arbitraries.of(8, 9, 10, 12, 13, 34, 92));
        return points.list().ofMaxSize(8).map(list -> list.stream().map(Character::toString).reduce("", String::concat));
    }

    private static String canonical(String json) throws MessageRefused { return text(StrictJson.parse(json.getBytes(UTF_8))); }

    private static String text(JsonNode node) { return new String(CanonicalJson.of(node), UTF_8); }
}
