package org.infrafabric.sip;

import java.util.Map;

/**
 * The topmost value of a Via header, RFC 3261 §20.42.
 *
 * @param transport as written, such as {@code UDP}
 * @param port -1 where there is none
 * @param end of this value within the header's text; a comma follows, or nothing
 */
record Via(String transport, String host, int port, Map<String, String> params, int end) {
    /** RFC 3261 §8.1.1.7: branches that start so are unique in space and time. */
    static final String MAGIC = "z9hG4bK";

    /** @throws IllegalArgumentException when it is none */
    static Via parse(String text) {
        int at = part(text, 0, "SIP");
        at = part(text, slash(text, at), "2.0");
        at = slash(text, at);
        int transportFrom = at;
        while (at < text.length() && Ascii.isToken(text.charAt(at))) at++;
        String transport = text.substring(transportFrom, at);
        int hostFrom = Params.skipSpace(text, at);
        if (transport.isEmpty() || hostFrom == at) throw new IllegalArgumentException("Malformed Via");
        at = hostFrom;
        while (at < text.length() && text.charAt(at) != ';' && text.charAt(at) != ',') at++;
        HostPort sentBy = HostPort.parse(text.substring(hostFrom, at).trim());
        Params params = Params.read(text, at);
        return new Via(transport, sentBy.host(), sentBy.port(), params.values(), params.end());
    }

    String branch() { return params.getOrDefault("branch", ""); }

    int portOr(int ifMissing) { return port < 0 ? ifMissing : port; }

    private static int part(String text, int from, String wanted) {
        int at = Params.skipSpace(text, from);
        if (!text.regionMatches(true, at, wanted, 0, wanted.length())) throw new IllegalArgumentException("Malformed Via");
        return at + wanted.length();
    }

    private static int slash(String text, int from) {
        int at = Params.skipSpace(text, from);
        if (at >= text.length() || text.charAt(at) != '/') throw new IllegalArgumentException("Malformed Via");
        return Params.skipSpace(text, at + 1);
    }
}
