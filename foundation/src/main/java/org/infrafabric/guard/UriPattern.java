package org.infrafabric.guard;

import java.net.InetAddress;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A SIP URI of the roster, or a pattern of them: {@code *} in the user part stands for any run of characters of a user part. The host is always
 * written out, so that no pattern lets in a domain that nobody named.
 *
 * @param text scheme and host in lower case, the port only if written, no password, parameters or headers (CONTRACT §4)
 */
public record UriPattern(String text) {
    private static final int MAX_LENGTH = 255;
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9\\-_.!~*'()%&=+$,;?/]+"); // RFC 3261 §25.1, user
    private static final Pattern HOST = Pattern.compile("(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\\[[0-9a-f:.]+])(?::[0-9]{1,5})?");

    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(?:\\.[0-9]{1,3}){3}");
    private static final Pattern BROKEN_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    /** @throws IllegalArgumentException with a sentence for people */
    public static UriPattern parse(String uri) {
        if (uri.length() > MAX_LENGTH) throw new IllegalArgumentException("a URI is at most " + MAX_LENGTH + " characters long");
        int colon = uri.indexOf(':');
        String scheme = colon < 0 ? "" : uri.substring(0, colon).toLowerCase(Locale.ROOT);
        if (!scheme.equals("sip") && !scheme.equals("sips")) throw new IllegalArgumentException("a URI begins with sip: or sips:");
        String rest = uri.substring(colon + 1);
        int at = rest.indexOf('@');
        if (at <= 0) throw new IllegalArgumentException("a person's URI needs a user part: " + scheme + ":user@host");
        String user = rest.substring(0, at);
        int password = user.indexOf(':');
        if (password >= 0) user = user.substring(0, password);
        String host = rest.substring(at + 1).split("[;?]", 2)[0].toLowerCase(Locale.ROOT);
        if (!USER.matcher(user).matches()) throw new IllegalArgumentException("the part before the @ is empty or holds characters that a URI cannot");
        if (host.indexOf('*') >= 0) throw new IllegalArgumentException("* may stand only before the @: write the host out");
        if (BROKEN_ESCAPE.matcher(user).find()) throw new IllegalArgumentException("a % in the user part needs two hex digits after it");
        if (!HOST.matcher(host).matches() || !isHost(host))
            throw new IllegalArgumentException("the host after the @ is none, or its port is no port");
        return new UriPattern(scheme + ":" + user + "@" + host);
    }

    /** RFC 3261 §25.1: a name ends in a label that begins with a letter; what ends in digits is an IPv4 address. A port is 1 to 65535. */
    private static boolean isHost(String host) {
        int bracket = host.lastIndexOf(']');
        int colon = host.indexOf(':', bracket + 1);
        int port = colon < 0 ? 1 : Integer.parseInt(host.substring(colon + 1));
        String name = colon < 0 ? host : host.substring(0, colon);
        if (port < 1 || port > 65_535) return false;
        boolean literal = name.startsWith("[") || Character.isDigit(name.charAt(name.lastIndexOf('.') + 1));
        if (!literal) return !name.contains("..") && !name.contains(".-") && !name.contains("-.");
        try {
            InetAddress.ofLiteral(name.startsWith("[") ? name.substring(1, name.length() - 1) : name);
            return name.startsWith("[") || IPV4.matcher(name).matches();
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    public boolean isPattern() { return text.indexOf('*') >= 0; }

    /** Whether a URI in the same normal form fits; linear in its length for each {@code *}. */
    public boolean matches(String uri) {
        int patternAt = text.indexOf('@');
        int uriAt = uri.indexOf('@');
        if (uriAt < 0 || !text.substring(patternAt).equals(uri.substring(uriAt))) return false;
        return fits(text.substring(0, patternAt), uri.substring(0, uriAt));
    }

    /** Greedy match with one point to fall back to: the last star seen. */
    private static boolean fits(String pattern, String subject) {
        int p = 0;
        int star = -1;
        int resume = 0;
        for (int s = 0; s < subject.length();) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = s;
            } else if (p < pattern.length() && pattern.charAt(p) == subject.charAt(s)) {
                p++;
                s++;
            } else if (star >= 0) {
                p = star + 1;
                s = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') p++;
        return p == pattern.length();
    }
}
