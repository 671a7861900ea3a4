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
    private static final byte[] TAG = {'t', 'a', 'g'};

    /** @throws Malformed when it is no single address */
    static NameAddr parse(String text) {
        List<NameAddr> all = list(text);
        if (all.size() != 1) throw new Malformed("More than one address");
        return all.getFirst();
    }

    /** @throws Malformed when one of them is none */
    static List<NameAddr> list(String text) {
        byte[] bytes = Ascii.bytes(text);
        List<NameAddr> all = new ArrayList<>(1);
        int at = 0;
        while (true) {
            long uri = uri(bytes, at, bytes.length);
            int params = params(bytes, uri, bytes.length);
            all.add(new NameAddr(Ascii.text(bytes, from(uri), to(uri)), Params.read(bytes, params, bytes.length)));
            at = Params.check(bytes, params, bytes.length);
            if (at >= bytes.length) return all;
            at++;
        }
    }

    /**
     * Reads over a single address and, if its URI is one of SIP's, over that too.
     *
     * @throws Malformed when it is none
     */
    static void check(byte[] bytes, int from, int to) {
        long uri = locate(bytes, from, to);
        if (SipUri.isSip(bytes, from(uri), to(uri))) SipUri.check(bytes, from(uri), to(uri));
        else checkUri(bytes, from(uri), to(uri));
        if (Params.check(bytes, params(bytes, uri, to), to) < to) throw new Malformed("More than one address");
    }

    /** Dialog tag; empty where there is none. */
    String tag() { return params.getOrDefault("tag", ""); }

    /** Dialog tag of an address that has been checked; empty where there is none. */
    static String tag(byte[] bytes, int from, int to) {
        return Params.value(bytes, params(bytes, locate(bytes, from, to), to), to, TAG);
    }

    /** Whether an address that has been checked has a dialog tag. */
    static boolean hasTag(byte[] bytes, int from, int to) {
        return Params.find(bytes, params(bytes, locate(bytes, from, to), to), to, TAG) >= 0;
    }

    private static long uri(byte[] bytes, int from, int to) {
        long uri = locate(bytes, from, to);
        checkUri(bytes, from(uri), to(uri));
        return uri;
    }

    /** Where the URI stands that begins at {@code from} or after a display name there, whatever it may be. */
    private static long locate(byte[] bytes, int from, int to) {
        int start = Ascii.skipSpace(bytes, from, to);
        int at = start;
        if (at < to && bytes[at] == '"') at = Ascii.skipSpace(bytes, Ascii.quotedEnd(bytes, at, to), to);
        int open = at;
        while (open < to && bytes[open] != '<' && bytes[open] != ',' && bytes[open] != ';') open++;
        int uriFrom;
        int uriTo;
        if (open < to && bytes[open] == '<') {
            if (at == start) checkDisplayName(bytes, at, open);
            else if (open != at) throw new Malformed("Text between the display name and the address");
            uriFrom = open + 1;
            uriTo = ByteSearch.indexOf(bytes, '>', open, to);
            if (uriTo < 0) throw new Malformed("No > after <");
        } else {
            if (at != start) throw new Malformed("Display name without an address in < >");
            uriFrom = at;
            uriTo = Ascii.trimEnd(bytes, at, open);
            if (ByteSearch.indexOf(bytes, '?', uriFrom, uriTo) >= 0) throw new Malformed("A URI with ? must stand in < >"); // §20.10
        }
        return (long) uriFrom << 32 | uriTo;
    }

    /** Where the parameters after a URI begin. */
    private static int params(byte[] bytes, long uri, int to) {
        int end = to(uri);
        return end < to && bytes[end] == '>' ? end + 1 : end;
    }

    private static int from(long uri) { return (int) (uri >>> 32); }

    private static int to(long uri) { return (int) uri; }

    private static void checkUri(byte[] bytes, int from, int to) {
        int scheme = Ascii.skip(bytes, from, to, Ascii.SCHEME);
        if (scheme == from || scheme == to || bytes[scheme] != ':') throw new Malformed("No URI in the address");
        for (int i = scheme; i < to; i++) {
            byte b = bytes[i];
            if (Ascii.is(b, Ascii.SPACE) || b == '<' || b == '"') throw new Malformed("No URI in the address");
        }
    }

    /** A display name without quotes is tokens and spaces. Bytes beyond ASCII are let through: phones do send them. */
    private static void checkDisplayName(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b >= 0 && !Ascii.is(b, Ascii.TOKEN | Ascii.SPACE)) throw new Malformed("A display name with this character must be quoted");
        }
    }
}
