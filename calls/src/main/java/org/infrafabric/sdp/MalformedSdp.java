package org.infrafabric.sdp;

/** A session description that breaks RFC 8866, with the line that does. */
public final class MalformedSdp extends Exception {
    private static final long serialVersionUID = 1L;
    private final int line;

    /** @param line counted from 1; 0 when the description as a whole is meant */
    public MalformedSdp(int line, String what) {
        super(line == 0 ? "SDP: " + what : "SDP line " + line + ": " + what);
        this.line = line;
    }

    /** The line at fault, counted from 1; 0 when it is the whole. */
    public int line() { return line; }
}
