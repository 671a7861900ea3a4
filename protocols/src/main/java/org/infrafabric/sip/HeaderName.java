package org.infrafabric.sip;

/** Headers this core knows by number, with the compact forms of RFC 3261 §7.3.3 and its extensions. All others are {@link #OTHER}. */
enum HeaderName {
    VIA("Via", 'v'), FROM("From", 'f'), TO("To", 't'), CALL_ID("Call-ID", 'i'), CSEQ("CSeq"), CONTACT("Contact", 'm'), MAX_FORWARDS("Max-Forwards"),
    ROUTE("Route"), RECORD_ROUTE("Record-Route"), CONTENT_TYPE("Content-Type", 'c'), CONTENT_LENGTH("Content-Length", 'l'),
    CONTENT_ENCODING("Content-Encoding", 'e'), CONTENT_DISPOSITION("Content-Disposition"), REQUIRE("Require"), PROXY_REQUIRE("Proxy-Require"),
    SUPPORTED("Supported", 'k'), UNSUPPORTED("Unsupported"), ALLOW("Allow"), ACCEPT("Accept"), ACCEPT_ENCODING("Accept-Encoding"), DATE("Date"),
    EXPIRES("Expires"), REASON("Reason"), RETRY_AFTER("Retry-After"), SUBJECT("Subject", 's'), USER_AGENT("User-Agent"), SERVER("Server"),
    WARNING("Warning"), AUTHORIZATION("Authorization"), PROXY_AUTHORIZATION("Proxy-Authorization"), TIMESTAMP("Timestamp"),
    WWW_AUTHENTICATE("WWW-Authenticate"), PROXY_AUTHENTICATE("Proxy-Authenticate"), AUTHENTICATION_INFO("Authentication-Info"), RSEQ("RSeq"),
    RACK("RAck"), SESSION_EXPIRES("Session-Expires", 'x'), MIN_SE("Min-SE"), REFER_TO("Refer-To", 'r'),
    X_IF_TRACE_ID("X-IF-Trace-ID"), X_IF_HAZARD("X-IF-Hazard"), X_IF_DATE("X-IF-Date"), X_IF_WITNESS_HASH("X-IF-Witness-Hash"),
    X_IF_SIGNATURE("X-IF-Signature"), OTHER("");

    private static final int SLOTS = 256; // a power of two, well above twice the number of names
    private static final HeaderName[] TABLE = new HeaderName[SLOTS];
    private static final HeaderName[] COMPACT = new HeaderName[128];

    static {
        java.util.Arrays.fill(TABLE, OTHER);
        java.util.Arrays.fill(COMPACT, OTHER);
        for (HeaderName name : values()) {
            if (name == OTHER) continue;
            int slot = hash(name.ascii, 0, name.ascii.length);
            while (TABLE[slot] != OTHER) slot = (slot + 1) & (SLOTS - 1);
            TABLE[slot] = name;
            if (name.compact == 0) continue;
            COMPACT[name.compact] = name;
            COMPACT[Character.toUpperCase(name.compact)] = name;
        }
    }

    private final String text;
    private final byte[] ascii;
    private final byte[] line;
    private final char compact;

    HeaderName(String text) { this(text, (char) 0); }

    HeaderName(String text, char compact) {
        this.text = text;
        this.ascii = text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        this.line = (text + ": ").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        this.compact = compact;
    }

    /** As it is written. */
    String text() { return text; }

    /** The bytes that stand for it in a message, with the colon and the space after it. */
    byte[] line() { return line; }

    /** The name that stands in {@code bytes[from..to)}, whatever its case. */
    static HeaderName of(byte[] bytes, int from, int to) {
        if (to - from == 1) return bytes[from] > 0 ? COMPACT[bytes[from]] : OTHER;
        for (int slot = hash(bytes, from, to); TABLE[slot] != OTHER; slot = (slot + 1) & (SLOTS - 1)) {
            if (Ascii.equalsIgnoreCase(bytes, from, to, TABLE[slot].ascii)) return TABLE[slot];
        }
        return OTHER;
    }

    /** Length, first and last letter tell nearly all names apart; what shares a slot stands in the next one. */
    private static int hash(byte[] bytes, int from, int to) {
        int hash = ((to - from) * 31 + (bytes[from] | 0x20)) * 31 + (bytes[to - 1] | 0x20);
        return (hash ^ hash >>> 8) & (SLOTS - 1);
    }
}
