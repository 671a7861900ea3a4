package org.infrafabric.message;

import java.util.Arrays;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * RFC 8785, the JSON Canonicalization Scheme: the one sequence of bytes that a JSON value has, whoever writes it. Names in the order of their UTF-16 code
 * units, no white space, numbers as ECMAScript writes them, only the escapes that JSON demands.
 */
public final class CanonicalJson {
    private byte[] out;
    private int length;

    private CanonicalJson(int capacity) { out = new byte[capacity]; }

    /**
     * The canonical UTF-8 bytes of a tree.
     *
     * @throws IllegalArgumentException when the tree holds what I-JSON (RFC 7493) cannot say: a lone surrogate, NaN, an infinity, an integer that no double
     *         holds exactly, a missing or binary node
     */
    public static byte[] of(JsonNode tree) {
        CanonicalJson writer = new CanonicalJson(512);
        writer.value(tree);
        return Arrays.copyOf(writer.out, writer.length);
    }

    private void value(JsonNode node) {
        switch (node.getNodeType()) {
            case OBJECT -> object(node);
            case ARRAY -> array(node);
            case STRING -> string(node.stringValue());
            case NUMBER -> ascii(EcmaScriptNumber.text(node));
            case BOOLEAN -> ascii(node.booleanValue() ? "true" : "false");
            case NULL -> ascii("null");
            default -> throw new IllegalArgumentException("JSON has no " + node.getNodeType() + " values");
        }
    }

    /** RFC 8785 §3.2.3; {@link String#compareTo} compares UTF-16 code units. */
    private void object(JsonNode node) {
        @SuppressWarnings({"unchecked", "rawtypes"}) Map.Entry<String, JsonNode>[] members = node.properties().toArray(new Map.Entry[0]);
        if (members.length > 1) Arrays.sort(members, Map.Entry.comparingByKey());
        put('{');
        for (int i = 0; i < members.length; i++) {
            if (i > 0) put(',');
            string(members[i].getKey());
            put(':');
            value(members[i].getValue());
        }
        put('}');
    }

    private void array(JsonNode node) {
        put('[');
        for (int i = 0; i < node.size(); i++) {
            if (i > 0) put(',');
            value(node.get(i));
        }
        put(']');
    }

    /** RFC 8785 §3.2.2.2. */
    private void string(String text) {
        room(text.length() + 2);
        put('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) i += beyondAscii(text, i);
            else if (c < ' ' || c == '"' || c == '\\') escaped(c);
            else put(c);
        }
        put('"');
    }

    private void escaped(char c) {
        put('\\');
        switch (c) {
            case '"', '\\' -> put(c);
            case '\b' -> put('b');
            case '\t' -> put('t');
            case '\n' -> put('n');
            case '\f' -> put('f');
            case '\r' -> put('r');
            default -> {
                ascii("u00");
                put(Character.forDigit(c >> 4, 16));
                put(Character.forDigit(c & 15, 16));
            }
        }
    }

    /** Writes one code point as UTF-8 (RFC 3629 §3); returns how many more chars than one it took. */
    private int beyondAscii(String text, int at) {
        int point = text.codePointAt(at);
        if (point < 0x800) {
            put(0xC0 | point >> 6);
        } else if (point < 0x10000) {
            if (Character.isSurrogate((char) point)) throw new IllegalArgumentException("a string holds half a character (a lone surrogate)");
            put(0xE0 | point >> 12);
            put(0x80 | point >> 6 & 0x3F);
        } else {
            put(0xF0 | point >> 18);
            put(0x80 | point >> 12 & 0x3F);
            put(0x80 | point >> 6 & 0x3F);
        }
        put(0x80 | point & 0x3F);
        return Character.charCount(point) - 1;
    }

    private void ascii(String text) {
        for (int i = 0; i < text.length(); i++) put(text.charAt(i));
    }

    private void put(int octet) {
        if (length == out.length) room(1);
        out[length++] = (byte) octet;
    }

    private void room(int more) {
        if (out.length - length < more) out = Arrays.copyOf(out, Math.max(out.length * 2, length + more));
    }
}
