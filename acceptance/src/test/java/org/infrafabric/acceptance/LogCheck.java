package org.infrafabric.acceptance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Checks an exported log with nothing of ifbus in it: canonical form and chain written again from CONTRACT §5, SHA-256 by the JDK, Ed25519 by
 * the {@code openssl} program.
 */
final class LogCheck {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final byte[] SPKI = HexFormat.of().parseHex("302a300506032b6570032100"); // RFC 8410 prefix of an Ed25519 public key

    private LogCheck() {}

    /** The entries of a sound export, in order. Throws AssertionError naming the first thing that is wrong. */
    static List<JsonNode> sound(Path export, Path scratch) throws Exception {
        List<String> lines = Files.readAllLines(export);
        JsonNode head = JSON.readTree(lines.getFirst());
        check(head.path("ifbusExport").intValue() == 1, "first line is no export head: " + lines.getFirst());
        Map<String, Path> keys = new HashMap<>();
        for (JsonNode key : head.path("keys")) keys.put(key.path("keyId").stringValue(), pem(key.path("publicKey").stringValue(), scratch));
        List<JsonNode> entries = new ArrayList<>();
        List<Signed> signatures = new ArrayList<>();
        AssertionError fault = null;
        for (String line : lines.subList(1, lines.size())) {
            try {
                signatures.add(linked(JSON.readTree(line), head, entries, keys));
            } catch (AssertionError found) {
                fault = found;
                break;
            }
        }
        int forged = firstForged(signatures, scratch);
        check(forged < 0, "seq " + (forged + 1) + ": signature"); // before a later fault of another kind
        if (fault != null) throw fault;
        return entries;
    }

    /** Checks all but the signature of the next entry, and adds it. */
    private static Signed linked(JsonNode entry, JsonNode head, List<JsonNode> entries, Map<String, Path> keys) throws Exception {
        long seq = entry.path("seq").longValue();
        String previous = entries.isEmpty() ? "0".repeat(64) : entries.getLast().path("hash").stringValue();
        check(seq == entries.size() + 1, "seq " + seq + " where " + (entries.size() + 1) + " was due");
        check(entry.path("node").stringValue().equals(head.path("node").stringValue()), "seq " + seq + ": another node");
        check(entry.path("time").stringValue().matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"), "seq " + seq + ": time");
        check(entry.path("prev").stringValue().equals(previous), "seq " + seq + ": prev is not the hash before it");
        String hash = sha256(canonical(entry, true));
        check(hash.equals(entry.path("hash").stringValue()), "seq " + seq + ": hash is not that of its content");
        Path key = keys.get(entry.path("keyId").stringValue());
        check(key != null, "seq " + seq + ": signed with a key that the export does not list");
        entries.add(entry);
        return new Signed(key, "ifbus-witness-1:" + hash, entry.path("sig").stringValue());
    }

    /** Whether a signed IFMessage verifies under a public key written {@code ed25519:…}. */
    static boolean signed(JsonNode message, String publicKey, Path scratch) throws Exception {
        tools.jackson.databind.node.ObjectNode bare = (tools.jackson.databind.node.ObjectNode) message.deepCopy();
        JsonNode signature = bare.remove("signature");
        return firstForged(List.of(new Signed(pem(publicKey, scratch), canonical(bare, false), signature.path("value").stringValue())), scratch) < 0;
    }

    private static Path pem(String publicKey, Path scratch) throws IOException {
        byte[] raw = Base64.getUrlDecoder().decode(publicKey.substring("ed25519:".length()));
        byte[] der = ByteBuffer.allocate(SPKI.length + raw.length).put(SPKI).put(raw).array();
        Path file = Files.createTempFile(scratch, "key", ".pem");
        return Files.writeString(file, "-----BEGIN PUBLIC KEY-----\n" + Base64.getEncoder().encodeToString(der) + "\n-----END PUBLIC KEY-----\n");
    }

    private record Signed(Path key, String message, String signature) {}

    /** Lets openssl check them all, in one shell: starting each from here would take most of a test's time. -1: all hold. */
    private static int firstForged(List<Signed> all, Path scratch) throws Exception {
        Path folder = Files.createTempDirectory(scratch, "openssl");
        StringBuilder script = new StringBuilder();
        for (int i = 0; i < all.size(); i++) {
            Signed signed = all.get(i);
            Path text = Files.writeString(folder.resolve(i + ".bin"), signed.message()), sig = folder.resolve(i + ".sig");
            Files.write(sig, Base64.getUrlDecoder().decode(signed.signature()));
            script.append("openssl pkeyutl -verify -pubin -inkey '").append(signed.key()).append("' -rawin -in '").append(text).append("' -sigfile '")
                    .append(sig).append("' >/dev/null 2>&1 || { echo ").append(i).append("; exit; }\n");
        }
        script.append("echo sound\n");
        Process shell = new ProcessBuilder("sh", Files.writeString(folder.resolve("verify.sh"), script).toString()).redirectErrorStream(true).start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        shell.waitFor();
        return said.equals("sound") ? -1 : Integer.parseInt(said);
    }

    /** RFC 8785 for what entries and decisions hold: objects, arrays, strings, booleans, null, and numbers that are integers. */
    private static String canonical(JsonNode node, boolean outermostEntry) {
        if (node.isObject()) {
            TreeMap<String, JsonNode> sorted = new TreeMap<>(); // String order is UTF-16 code unit order, as RFC 8785 §3.2.3 asks
            for (Map.Entry<String, JsonNode> field : node.properties()) sorted.put(field.getKey(), field.getValue());
            if (outermostEntry) sorted.keySet().removeAll(List.of("hash", "sig"));
            List<String> parts = new ArrayList<>();
            sorted.forEach((name, value) -> parts.add(quoted(name) + ":" + canonical(value, false)));
            return "{" + String.join(",", parts) + "}";
        }
        if (node.isArray()) {
            List<String> parts = new ArrayList<>();
            for (JsonNode item : node) parts.add(canonical(item, false));
            return "[" + String.join(",", parts) + "]";
        }
        if (node.isString()) return quoted(node.stringValue());
        check(!node.isNumber() || node.isIntegralNumber(), "a number that is no integer: " + node);
        return node.toString();
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> out.append(c < 0x20 ? String.format("\\u%04x", (int) c) : String.valueOf(c));
            }
        }
        return out.append('"').toString();
    }

    static String sha256(String text) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) throw new AssertionError(otherwise);
    }
}
