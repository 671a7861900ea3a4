package org.infrafabric.message;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads JSON that has one meaning only (I-JSON, RFC 7493): whoever verifies a signature over it must have read what everybody else reads. Refused are duplicate
 * names, lone surrogates, numbers that a double cannot hold, UTF-8 that is none, and more than one value (CONTRACT §3).
 */
public final class StrictJson {
    /** Objects and arrays within each other, the outermost counted. */
    public static final int MAX_DEPTH = 32;
    /** Whole text, in bytes. */
    public static final int MAX_BYTES = 16 << 20;
    /** A name, in chars. */
    public static final int MAX_NAME = 256;
    /** A number's literal, in chars; the longest integer that a double holds has 309 digits. */
    public static final int MAX_NUMBER = 400;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).maxNumberLength(MAX_NUMBER).maxNameLength(MAX_NAME)
                    .maxStringLength(MAX_BYTES).maxDocumentLength(MAX_BYTES).build())
            .build();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final JsonParser parser;

    private StrictJson(JsonParser parser) { this.parser = parser; }

    /**
     * The one JSON object that these bytes are.
     *
     * @throws MessageRefused with code malformed; its detail names line and column (or byte) and what to do
     */
    public static ObjectNode parse(byte[] utf8) throws MessageRefused {
        CharBuffer text = decode(utf8);
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text.array(), text.arrayOffset(), text.length())) {
            return new StrictJson(parser).document();
        } catch (JacksonException e) {
            throw malformed("", where(e.getLocation()) + sentence(e));
        }
    }

    private ObjectNode document() throws MessageRefused {
        if (parser.nextToken() != JsonToken.START_OBJECT) throw malformed("", "is no JSON object; a message begins with {");
        ObjectNode object = object();
        if (parser.nextToken() != null) throw refused("something follows the object; send one message and nothing after it");
        return object;
    }

    private ObjectNode object() throws MessageRefused {
        ObjectNode object = NODES.objectNode();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            if (object.has(name)) throw refused("the name stands here twice in one object; keep one");
            checkSurrogates(name, "a name");
            object.set(name, value(parser.nextToken()));
        }
        return object;
    }

    private ArrayNode array() throws MessageRefused {
        ArrayNode array = NODES.arrayNode();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) array.add(value(token));
        return array;
    }

    private JsonNode value(JsonToken token) throws MessageRefused {
        return switch (token) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> string();
            case VALUE_NUMBER_INT -> integer();
            case VALUE_NUMBER_FLOAT -> fraction();
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            default -> throw refused("a value is missing");
        };
    }

    private JsonNode string() throws MessageRefused {
        String text = parser.getString();
        checkSurrogates(text, "a string");
        return NODES.stringNode(text);
    }

    private JsonNode integer() throws MessageRefused {
        JsonParser.NumberType type = parser.getNumberType();
        if (type == JsonParser.NumberType.INT) return NODES.numberNode(parser.getIntValue());
        BigInteger value = parser.getBigIntegerValue();
        if (!EcmaScriptNumber.isExact(value)) throw refused("no double holds this integer exactly; send it as a string");
        return type == JsonParser.NumberType.LONG ? NODES.numberNode(value.longValueExact()) : NODES.numberNode(value);
    }

    private JsonNode fraction() throws MessageRefused {
        double value = parser.getDoubleValue();
        if (!Double.isFinite(value)) throw refused("this number is larger than any double; send it as a string");
        return NODES.numberNode(value);
    }

    private void checkSurrogates(String text, String what) throws MessageRefused {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) continue;
            if (Character.isLowSurrogate(c) || i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))) {
                throw refused(what + " holds half a character (a lone surrogate); send whole characters");
            }
            i++;
        }
    }

    private MessageRefused refused(String why) {
        return malformed(parser.streamReadContext().pathAsPointer().toString(), where(parser.currentTokenLocation()) + why);
    }

    private static CharBuffer decode(byte[] utf8) throws MessageRefused {
        if (utf8.length > MAX_BYTES) throw malformed("", "is " + utf8.length + " bytes long; a message has at most " + MAX_BYTES);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(utf8);
        CharBuffer out = CharBuffer.allocate(utf8.length);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) throw malformed("", "byte " + (in.position() + 1) + ": is no UTF-8; a message is JSON in UTF-8");
        return out.flip();
    }

    private static String where(@Nullable TokenStreamLocation at) {
        return at == null || at.getLineNr() < 1 ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ";
    }

    /** The parser's own words, shortened: they may quote the input at length. */
    private static String sentence(JacksonException e) {
        String said = String.valueOf(e.getOriginalMessage()).replaceAll("\\p{Cntrl}+", " ");
        return said.length() <= 200 ? said : said.substring(0, 200) + "…";
    }

    private static MessageRefused malformed(String field, String detail) { return new MessageRefused(MessageRefused.Code.MALFORMED, field, detail); }
}
