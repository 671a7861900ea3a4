package org.infrafabric.report;

/** Grows an HTML text. All that is not written by {@link #raw} is escaped, in text and in attributes alike. */
final class Html {
    private final StringBuilder text = new StringBuilder(1 << 16);

    /** Markup of our own. */
    Html raw(String markup) {
        text.append(markup);
        return this;
    }

    /** Foreign text. */
    Html text(String foreign) {
        for (int i = 0; i < foreign.length(); i++) {
            char c = foreign.charAt(i);
            switch (c) {
                case '&' -> text.append("&amp;");
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '"' -> text.append("&quot;");
                case '\'' -> text.append("&#39;");
                default -> text.append(c < ' ' && c != '\n' && c != '\t' ? '\uFFFD' : c);
            }
        }
        return this;
    }

    /** An element that holds foreign text; {@code kind} is its class, or empty. */
    Html element(String tag, String kind, String foreign) {
        text.append('<').append(tag);
        if (!kind.isEmpty()) raw(" class=\"").text(kind).raw("\"");
        return raw(">").text(foreign).raw("</" + tag + ">");
    }

    @Override
    public String toString() { return text.toString(); }
}
