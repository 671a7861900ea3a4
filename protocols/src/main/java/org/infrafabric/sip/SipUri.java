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
    private static final String USER_MARKS = "-_.!~*'()&=+$,;?/%";
    private static final String PARAM_MARKS = "-_.!~*'()[]/:&+$%";
    private static final String HEADER_MARKS = "-_.!~*'()[]/?:+$%=&";

    /** @throws IllegalArgumentException saying what is wrong, in words that may go to the peer */
    static SipUri parse(String text) {
        int colon = text.indexOf(':');
        String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
        if (!scheme.equals("sip") && !scheme.equals("sips")) throw new IllegalArgumentException("not a sip: or sips: URI");
        int at = text.indexOf('@');
        String user = at < 0 ? "" : text.substring(colon + 1, at);
        if (at >= 0 && user.isEmpty()) throw new IllegalArgumentException("no user before the @ of the URI");
        int password = user.indexOf(':');
        check(password < 0 ? user : user.substring(0, password) + user.substring(password + 1), USER_MARKS, "user part of the URI");
        if (password >= 0) user = user.substring(0, password);
        int hostFrom = at < 0 ? colon + 1 : at + 1;
        int question = text.indexOf('?', hostFrom);
        String headers = question < 0 ? "" : text.substring(question + 1);
        check(headers, HEADER_MARKS, "headers of the URI");
        String rest = question < 0 ? text.substring(hostFrom) : text.substring(hostFrom, question);
        int semicolon = rest.indexOf(';');
        String hostPort = semicolon < 0 ? rest : rest.substring(0, semicolon);
        HostPort host = HostPort.parse(hostPort);
        return new SipUri(scheme, user, host.host(), host.port(), params(semicolon < 0 ? "" : rest.substring(semicolon + 1)), headers);
    }

    /** A parameter's value; empty where it is missing. */
    String param(String name) { return params.getOrDefault(name, ""); }

    boolean hasParam(String name) { return params.containsKey(name); }

    /** Scheme, user, host, and the port if present: what is signed (CONTRACT §4) and what a leg's party is called. */
    String bare() {
        return scheme + ":" + (user.isEmpty() ? "" : user + "@") + host + (port < 0 ? "" : ":" + port);
    }

    private static Map<String, String> params(String text) {
        if (text.isEmpty()) return Map.of();
        Map<String, String> params = new LinkedHashMap<>();
        for (String param : text.split(";", -1)) {
            int equals = param.indexOf('=');
            String name = (equals < 0 ? param : param.substring(0, equals)).toLowerCase(Locale.ROOT);
            String value = equals < 0 ? "" : param.substring(equals + 1);
            if (name.isEmpty()) throw new IllegalArgumentException("empty parameter in the URI");
            check(name, PARAM_MARKS, "parameter of the URI");
            check(value, PARAM_MARKS, "parameter of the URI");
            if (params.putIfAbsent(name, value) != null) throw new IllegalArgumentException("parameter twice in the URI");
        }
        return params;
    }

    private static void check(String text, String marks, String what) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%' && (i + 2 >= text.length() || !Ascii.isHex(text.charAt(i + 1)) || !Ascii.isHex(text.charAt(i + 2)))) {
                throw new IllegalArgumentException("bad escape in the " + what);
            }
            if (!Ascii.isAlphanumeric(c) && marks.indexOf(c) < 0) throw new IllegalArgumentException("bad character in the " + what);
        }
    }
}
