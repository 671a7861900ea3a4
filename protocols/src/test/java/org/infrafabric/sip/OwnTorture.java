package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The project's own torture set: {@code torture/messages.txt} in the test resources says how it is written. */
final class OwnTorture {
    /**
     * One message.
     *
     * @param status of the first answer that is due, {@link Wire#SILENCE} for none
     */
    record Message(String name, String clause, int status, byte[] bytes) {
        @Override
        public String toString() { return name + " (" + clause + ")"; }
    }

    private OwnTorture() {}

    static List<Message> all() {
        List<Message> all = new ArrayList<>();
        for (String section : text().split("(?m)^== ")) {
            if (section.startsWith("#") || section.isBlank()) continue;
            int line = section.indexOf('\n');
            String[] title = section.substring(0, line).split(" \\| ");
            int status = title[2].equals("silence") ? Wire.SILENCE : Integer.parseInt(title[2]);
            all.add(new Message(title[0], title[1], status, bytes(title[0], section.substring(line + 1).stripTrailing())));
        }
        return all;
    }

    private static byte[] bytes(String name, String section) {
        int empty = section.indexOf("\n\n");
        String[] head = (empty < 0 ? section : section.substring(0, empty)).split("\n");
        String body = empty < 0 ? "" : plain(section.substring(empty + 2).replace("\n", "\r\n"));
        String start = head[0];
        Map<String, String> usual = new LinkedHashMap<>();
        usual.put("Via", "SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK" + name);
        usual.put("Max-Forwards", "70");
        usual.put("From", "<sip:peer@127.0.0.1>;tag=p");
        usual.put("To", "<sip:bus@ifbus.test>");
        usual.put("Call-ID", name);
        usual.put("CSeq", "1 " + (start.startsWith("SIP/") ? "INVITE" : start.strip().replaceAll("^(\\\\r\\\\n)*", "").split(" ")[0]));
        usual.put("Contact", "<sip:peer@127.0.0.1>");
        usual.put("Content-Length", Integer.toString(body.length()));
        List<String> added = new ArrayList<>();
        for (int i = 1; i < head.length; i++) {
            String change = head[i].substring(1);
            switch (head[i].charAt(0)) {
                case '-' -> usual.remove(change);
                case '+' -> added.add(change);
                case '=' -> usual.put(change.substring(0, change.indexOf(':')), change.substring(change.indexOf(':') + 1).strip());
                default -> throw new IllegalArgumentException(name + ": " + head[i]);
            }
        }
        StringBuilder message = new StringBuilder(plain(start)).append("\r\n");
        usual.forEach((header, value) -> message.append(header).append(": ").append(plain(value)).append("\r\n"));
        added.forEach(line -> message.append(plain(line)).append("\r\n"));
        return message.append("\r\n").append(body).toString().getBytes(ISO_8859_1);
    }

    private static String plain(String written) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < written.length(); i++) {
            char c = written.charAt(i);
            if (written.startsWith("{HUGE}", i)) {
                plain.append("x".repeat(40_000));
                i += 5;
            } else if (written.startsWith("{MANY ", i)) {
                int end = written.indexOf('}', i);
                plain.append(plain(written.substring(i + 6, end)).repeat(100));
                i = end;
            } else if (c == '\\') {
                i++;
                switch (written.charAt(i)) {
                    case 'n' -> plain.append("\r\n");
                    case 'r' -> plain.append('\r');
                    case 't' -> plain.append('\t');
                    case 'x' -> {
                        plain.append((char) Integer.parseInt(written.substring(i + 1, i + 3), 16));
                        i += 2;
                    }
                    default -> plain.append(written.charAt(i));
                }
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }

    private static String text() {
        try (InputStream in = Objects.requireNonNull(OwnTorture.class.getResourceAsStream("/torture/messages.txt"))) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
