package org.infrafabric.record;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import org.infrafabric.message.Sha256;

/** Where recordings lie. Names come from strangers, so nothing of them reaches the file system that could mean more than itself. */
public final class RecordingFolder {
    private static final int LONGEST = 160;

    private RecordingFolder() {}

    /** {@code recordings/<id>} under {@code data}: what is not a letter, digit, dot, dash or underscore becomes {@code %XX}; two ids never share a folder. */
    public static Path of(Path data, String escalationId) {
        return data.resolve("recordings").resolve(safe(escalationId));
    }

    static String safe(String id) {
        StringBuilder out = new StringBuilder(id.length());
        for (byte each : id.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (each & 0xff);
            boolean plain = c < 128 && (Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '.' && !out.isEmpty());
            if (plain) out.append(c);
            else out.append('%').append(String.format(Locale.ROOT, "%02X", (int) c));
        }
        if (out.isEmpty()) return "%";
        return out.length() <= LONGEST ? out.toString() : out.substring(0, LONGEST - 65) + "%" + Sha256.hex(id.getBytes(StandardCharsets.UTF_8));
    }

    /** For a track's file name: what people can read of a party's name. */
    static String readable(String party) {
        String plain = party.replaceAll("[^A-Za-z0-9]+", "-");
        return plain.substring(0, Math.min(40, plain.length())).toLowerCase(Locale.ROOT);
    }
}
