package org.infrafabric.sip;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A sip: or sips: URI, RFC 3261 §19.1.
 *
 * @param scheme {@code sip} or {@code sips}
 * @param user as received, escapes kept; empty where there is none. A password is dropped: it has no place in what we send or log
 * @param host in lower case; IPv6 in brackets
 * @param port -1 where there is none
 * @param params names in lower case
 * @param headers what follows the question mark
 */
record SipUri(String scheme, String user, String host, int port, Map<String, String> params, String headers) {
    private static final int MAX_PARAMS = 64;
    private static final byte[] SIP = {'s', 'i', 'p', ':'};
    private static final byte[] SIPS = {'s', 'i', 'p', 's', ':'};

    /** @throws Malformed saying what is wrong, in words that may go to the peer */
    static SipUri parse(String text) {
        byte[] bytes = Ascii.bytes(text);
        check(bytes, 0, bytes.length);
        int hostFrom = hostFrom(bytes, 0, bytes.length);
        int hostTo = hostTo(bytes, hostFrom, bytes.length);
        int question = text.indexOf('?', hostTo);
        int schemeTo = text.indexOf(':');
        String user = schemeTo + 1 == hostFrom ? "" : text.substring(schemeTo + 1, hostFrom - 1);
        int password = user.indexOf(':');
        HostPort host = HostPort.parse(bytes, hostFrom, hostTo);
        String rest = text.substring(hostTo, question < 0 ? text.length() : question);
        return new SipUri(text.substring(0, schemeTo).toLowerCase(Locale.ROOT), password < 0 ? user : user.substring(0, password), host.host(),
                host.port(), params(rest.isEmpty() ? "" : rest.substring(1)), question < 0 ? "" : text.substring(question + 1));
    }

    /** Whether it begins as a sip: or sips: URI does. */
    static boolean isSip(byte[] bytes, int from, int to) {
        return schemeEnd(bytes, from, to) > 0;
    }

    /**
     * Reads over one.
     *
     * @return whether it has headers, a question mark and what follows it
     * @throws Malformed saying what is wrong, in words that may go to the peer
     */
    static boolean check(byte[] bytes, int from, int to) {
        int userFrom = schemeEnd(bytes, from, to);
        if (userFrom < 0) throw new Malformed("not a sip: or sips: URI");
        int at = afterHost(bytes, afterUser(bytes, userFrom, to), to);
        if (at < to && bytes[at] == ';') at = checkParams(bytes, at, to);
        if (at == to) return false;
        if (!Ascii.isEscaped(bytes, at + 1, to, Ascii.HEADER)) throw new Malformed("bad character or escape in the headers of the URI");
        return true;
    }

    /** A parameter's value; empty where it is missing. */
    String param(String name) { return params.getOrDefault(name, ""); }

    boolean hasParam(String name) { return params.containsKey(name); }

    /** Scheme, user, host, and the port if present: what is signed (CONTRACT §4) and what a leg's party is called. */
    String bare() {
        return scheme + ":" + (user.isEmpty() ? "" : user + "@") + host + (port < 0 ? "" : ":" + port);
    }

    private static int schemeEnd(byte[] bytes, int from, int to) {
        if (to - from >= 4 && Ascii.equalsIgnoreCase(bytes, from, from + 4, SIP)) return from + 4;
        return to - from >= 5 && Ascii.equalsIgnoreCase(bytes, from, from + 5, SIPS) ? from + 5 : -1;
    }

    private static int hostFrom(byte[] bytes, int from, int to) {
        int at = ByteSearch.indexOf(bytes, '@', from, to);
        return at < 0 ? schemeEnd(bytes, from, to) : at + 1;
    }

    private static int hostTo(byte[] bytes, int hostFrom, int to) {
        int at = hostFrom;
        while (at < to && bytes[at] != ';' && bytes[at] != '?') at++;
        return at;
    }

    /** Where the host begins. */
    private static int afterUser(byte[] bytes, int from, int to) {
        int at = from;
        int colons = 0;
        boolean escapes = false;
        for (; at < to && bytes[at] != '@'; at++) {
            byte b = bytes[at];
            escapes |= b == '%';
            if (b == ':') colons++;
            else if (!Ascii.is(b, Ascii.USER)) break;
        }
        if (at == to || bytes[at] != '@') {
            if (at < to && ByteSearch.indexOf(bytes, '@', at, to) >= 0) throw new Malformed("bad character in the user part of the URI");
            return from;
        }
        if (at == from || bytes[from] == ':') throw new Malformed("no user before the @ of the URI");
        if (colons > 1 || colons == 1 && !isPassword(bytes, ByteSearch.indexOf(bytes, ':', from, at) + 1, at))
            throw new Malformed("bad character in the user part of the URI");
        if (escapes) checkEscapes(bytes, from, at);
        return at + 1;
    }

    /** Its marks are fewer than a user's. */
    private static boolean isPassword(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == ';' || bytes[i] == '?' || bytes[i] == '/') return false;
        }
        return true;
    }

    private static void checkEscapes(byte[] bytes, int from, int to) {
        if (!Ascii.areEscapes(bytes, from, to)) throw new Malformed("bad escape in the user part of the URI");
    }

    private static int afterHost(byte[] bytes, int from, int to) {
        int plain = HostPort.end(HostPort.plain(bytes, from, to));
        if (plain > from && (plain == to || bytes[plain] == ';' || bytes[plain] == '?')) return plain;
        int end = hostTo(bytes, from, to);
        HostPort.check(bytes, from, end);
        return end;
    }

    /** From the first semicolon to the question mark or the end. */
    private static int checkParams(byte[] bytes, int from, int to) {
        long seen = 0;
        int count = 0;
        int at = from;
        while (at < to && bytes[at] == ';') {
            int name = at + 1;
            int hash = 0;
            boolean escapes = false;
            for (at = name; at < to && Ascii.is(bytes[at], Ascii.PARAM); at++) {
                hash = hash * 31 + (bytes[at] | 0x20);
                escapes |= bytes[at] == '%';
            }
            int nameTo = at;
            if (nameTo == name) throw new Malformed("empty parameter in the URI");
            if (at < to && bytes[at] == '=') {
                for (at++; at < to && Ascii.is(bytes[at], Ascii.PARAM); at++) escapes |= bytes[at] == '%';
            }
            boolean sound = at == to || bytes[at] == ';' || bytes[at] == '?';
            if (!sound || escapes && !Ascii.areEscapes(bytes, name, at)) throw new Malformed("bad character or escape in a parameter of the URI");
            if (++count > MAX_PARAMS) throw new Malformed("too many parameters in the URI");
            long bit = 1L << (hash * 0x9E3779B9 >>> 26);
            if ((seen & bit) != 0 && params(Ascii.text(bytes, from + 1, name - 1)).containsKey(lower(bytes, name, nameTo)))
                throw new Malformed("parameter twice in the URI");
            seen |= bit;
        }
        return at;
    }

    private static Map<String, String> params(String text) {
        if (text.isEmpty()) return Map.of();
        Map<String, String> params = new LinkedHashMap<>();
        for (String param : text.split(";", -1)) {
            int equals = param.indexOf('=');
            params.put((equals < 0 ? param : param.substring(0, equals)).toLowerCase(Locale.ROOT), equals < 0 ? "" : param.substring(equals + 1));
        }
        return params;
    }

    private static String lower(byte[] bytes, int from, int to) { return Ascii.text(bytes, from, to).toLowerCase(Locale.ROOT); }
}
