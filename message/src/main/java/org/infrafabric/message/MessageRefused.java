package org.infrafabric.message;

/** Why bytes are no IFMessage. Thrown often by hostile input, so it carries no stack trace. */
public final class MessageRefused extends Exception {
    private static final long serialVersionUID = 1;

    /** The {@code code} of the problem document (CONTRACT §2). */
    public enum Code {
        /** Not the JSON that CONTRACT §3 asks for. */
        MALFORMED("malformed"),
        /** JSON, but a field is missing or wrong. */
        SCHEMA("schema");

        private final String label;

        Code(String label) { this.label = label; }

        public String label() { return label; }
    }

    private final Code code;
    private final String field;

    /**
     * @param field JSON pointer (RFC 6901) of the offending field; empty for the whole message
     * @param detail for people: where, what was wrong and what to do
     */
    public MessageRefused(Code code, String field, String detail) {
        super(detail, null, false, false);
        this.code = code;
        this.field = field;
    }

    public Code code() { return code; }

    public String field() { return field; }

    public String detail() { return String.valueOf(getMessage()); }
}
