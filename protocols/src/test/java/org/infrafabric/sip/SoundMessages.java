package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Sound messages in all the shapes that SIP's grammar leaves open: names, case, order, white space, folding, display names, parameters. */
final class SoundMessages {
    private static final String[] HOSTS = {"127.0.0.1", "pc33.example.com", "[2001:db8::9:1]", "a-b.c.d"};
    private static final String[] USERS = {"alice", "b%6Fb", "+1-201-555-0123;x=y", "a.b_c!d~e*f'g(h)", "j&k=l+m$n"};
    private static final String[] NAMES = {"", "Alice ", "\"A. G. Bell\" ", "\"with \\\" quote, comma; <sip:no@no>\" ", "A B "};
    private static final String[] METHODS = {"INVITE", "BYE", "OPTIONS", "INFO"};
    private static final String[] EXTRA = {"Subject: lunch: today?", "s: x", "User-Agent: phone/1.0 (a; b)", "X-Anything: ;,<>=\"",
        "Allow: INVITE, ACK",
        "Supported: timer,  replaces", "k:", "Date: Sat, 13 Nov 2010 23:29:00 GMT"};

    private final Random random;

    SoundMessages(Random random) { this.random = random; }

    byte[] next() {
        boolean request = random.nextInt(4) > 0;
        String method = pick(METHODS);
        String body = random.nextInt(3) == 0 ? "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n" : "";
        List<String> headers = new ArrayList<>();
        headers.add(name("Via", "v") + via());
        if (random.nextInt(3) == 0) headers.add(name("Via", "v") + via() + "," + space() + via());
        List<String> rest = new ArrayList<>(
                List.of(name("From", "f") + address() + tag(), name("To", "t") + address() + (random.nextBoolean() ? tag() : ""),
                        name("Call-ID", "i") + word(12) + (random.nextBoolean() ? "@" + word(5) : ""),
                        name("CSeq", "") + random.nextInt(Integer.MAX_VALUE) + space1() + method, name("Max-Forwards", "") + random.nextInt(256),
                        name("Contact", "m") + "<" + uri() + ">", name("Content-Length", "l") + body.length()));
        if (!body.isEmpty()) rest.add(name("Content-Type", "c") + "application/sdp");
        for (int i = random.nextInt(4); i > 0; i--) rest.add(pick(EXTRA));
        Collections.shuffle(rest, random);
        headers.addAll(rest);
        String start = request ? method + " " + uri() + " SIP/2.0" : "SIP/2.0 " + (100 + random.nextInt(600)) + " Some words";
        return (start + "\r\n" + String.join("\r\n", headers) + "\r\n\r\n" + body).getBytes(ISO_8859_1);
    }

    private String via() {
        StringBuilder via = new StringBuilder("SIP/2.0/").append(random.nextBoolean() ? "UDP" : "TCP").append(' ').append(pick(HOSTS));
        if (random.nextBoolean()) via.append(':').append(1 + random.nextInt(65_535));
        List<String> params = new ArrayList<>(List.of("branch=z9hG4bK" + word(8)));
        if (random.nextBoolean()) params.add("rport");
        if (random.nextInt(3) == 0) params.add("received=192.0.2.1");
        if (random.nextInt(3) == 0) params.add("x=\"a b\"");
        Collections.shuffle(params, random);
        for (String param : params) via.append(space()).append(';').append(space()).append(param);
        return via.toString();
    }

    private String address() { return pick(NAMES) + "<" + uri() + ">"; }

    private String tag() { return space() + ";" + space() + (random.nextInt(4) == 0 ? "x=y;" : "") + "tag=" + word(6); }

    private String uri() {
        StringBuilder uri = new StringBuilder(random.nextInt(4) == 0 ? "sips:" : "sip:");
        if (random.nextInt(5) > 0) uri.append(pick(USERS)).append('@');
        uri.append(pick(HOSTS));
        if (random.nextBoolean()) uri.append(':').append(1 + random.nextInt(65_535));
        if (random.nextInt(3) == 0) uri.append(";lr");
        if (random.nextInt(3) == 0) uri.append(";transport=tcp");
        return uri.toString();
    }

    private String name(String full, String compact) {
        String name = !compact.isEmpty() && random.nextInt(3) == 0 ? compact : full;
        return switch (random.nextInt(4)) {
            case 0 -> name.toUpperCase(java.util.Locale.ROOT);
            case 1 -> name.toLowerCase(java.util.Locale.ROOT);
            default -> name;
        } + (random.nextInt(6) == 0 ? " :" : ":") + space();
    }

    private String space() {
        return switch (random.nextInt(8)) {
            case 0 -> "";
            case 1 -> "  ";
            case 2 -> "\t";
            case 3 -> random.nextInt(4) == 0 ? "\r\n " : " ";
            default -> " ";
        };
    }

    private String space1() { return random.nextInt(6) == 0 ? "  " : " "; }

    private String word(int length) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < length; i++) word.append("abcdefghijklmnopqrstuvwxyz0123456789".charAt(random.nextInt(36)));
        return word.toString();
    }

    private String pick(String[] some) { return some[random.nextInt(some.length)]; }
}
