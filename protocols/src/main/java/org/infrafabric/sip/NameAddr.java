package org.infrafabric.sip;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * From, To, Contact, Route: a URI with or without a display name, and the header's own parameters (RFC 3261 §20.10).
 *
 * @param uri as it stands, unparsed: it may be of any scheme
 * @param params those after the {@code >}, or all, where there is none (a bare URI's parameters are the header's)
 */
record NameAddr(String uri, Map<String, String> params) {
    /** @throws IllegalArgumentException when it is no single address */
    static NameAddr parse(String text) {
        List<NameAddr> all = list(text);
        if (all.size() != 1) throw new IllegalArgumentException("More than one address");
        return all.getFirst();
    }

    /** @throws IllegalArgumentException when one of them is none */
    static List<NameAddr> list(String text) {
        List<NameAddr> all = new ArrayList<>(1);
        int at = 0;
        while (true) {
            at = Params.skipSpace(text, at);
            int start = at;
            if (at < text.length() && text.charAt(at) == '"') at = Params.skipSpace(text, Params.quotedEnd(text, at));
            int open = at;
            while (open < text.length() && text.charAt(open) != '<' && text.charAt(open) != ',' && text.charAt(open) != ';') open++;
            String uri;
            if (open < text.length() && text.charAt(open) == '<') {
                if (at == start) checkTokens(text.substring(at, open));
                else if (open != at) throw new IllegalArgumentException("Text between the display name and the address");
                int close = text.indexOf('>', open);
                if (close < 0) throw new IllegalArgumentException("No > after <");
                uri = text.substring(open + 1, close);
                at = close + 1;
            } else {
                if (at != start) throw new IllegalArgumentException("Display name without an address in < >");
                uri = text.substring(at, open).trim();
                at = open;
                if (uri.indexOf('?') >= 0) throw new IllegalArgumentException("A URI with ? must stand in < >"); // §20.10
            }
            if (uri.isEmpty() || uri.indexOf(':') <= 0 || hasSpace(uri)) throw new IllegalArgumentException("No URI in the address");
            Params params = Params.read(text, at);
            all.add(new NameAddr(uri, params.values()));
            at = params.end();
            if (at >= text.length()) return all;
            at++;
        }
    }

    /** Dialog tag; empty where there is none. */
    String tag() { return params.getOrDefault("tag", ""); }

    private static boolean hasSpace(String uri) {
        return uri.indexOf(' ') >= 0 || uri.indexOf('\t') >= 0 || uri.indexOf('<') >= 0 || uri.indexOf('"') >= 0;
    }

    /** A display name without quotes is tokens and spaces. Bytes beyond ASCII are let through: phones do send them. */
    private static void checkTokens(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!Ascii.isToken(c) && !Ascii.isSpace(c) && c < 128)
                throw new IllegalArgumentException("A display name with this character must be quoted");
        }
    }
}
