package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes out of a message what nobody may read in a log (CONTRACT §5): digest answers, SDP keys, passwords in URIs. All else stays byte for byte. */
final class SecretMask {
    private static final String MASKED = "masked";
    /** A header with its folded lines, RFC 3261 §7.3.1. Possessive, so that many lines cost no stack. */
    private static final Pattern CREDENTIALS = Pattern.compile("(?im)^(?:proxy-)?authorization[ \\t]*:[^\\r\\n]*+(?:\\r?\\n[ \\t][^\\r\\n]*+)*+");
    private static final Pattern ANSWER = Pattern.compile("(?i)(\\bresponse\\s*=\\s*)(?:\"[^\"]*\"|[^,\\s]+)");
    /** Whatever is no digest (Basic, Bearer, …) is a secret as a whole. */
    private static final Pattern DIGEST = Pattern.compile("(?i)^[^:]*:\\s*Digest\\b");
    private static final Pattern SDP_KEY = Pattern.compile("(?m)^(k=|a=crypto:|a=key-mgmt:)[^\\r\\n]*");
    private static final Pattern PASSWORD = Pattern.compile("(?i)(sips?:[^\\s:@<>;\"]{1,256}:)[^\\s@<>\"]{1,256}@");

    private SecretMask() {}

    static byte[] mask(byte[] message) {
        String text = new String(message, ISO_8859_1);
        String masked = SDP_KEY.matcher(text).replaceAll("$1" + MASKED);
        masked = CREDENTIALS.matcher(masked).replaceAll(header -> Matcher.quoteReplacement(credentials(header.group())));
        masked = PASSWORD.matcher(masked).replaceAll("$1" + MASKED + "@");
        return masked.equals(text) ? message : masked.getBytes(ISO_8859_1);
    }

    private static String credentials(String header) {
        if (!DIGEST.matcher(header).find()) return header.substring(0, header.indexOf(':') + 1) + " " + MASKED;
        return ANSWER.matcher(header).replaceAll("$1\"" + MASKED + "\"");
    }
}
