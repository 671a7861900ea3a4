package org.infrafabric.media;

/** Offer and answer have no audio in common that we speak; SIP answers it with 488. The message says what the peer had. */
public final class NoCommonCodec extends Exception {
    private static final long serialVersionUID = 1L;

    public NoCommonCodec(String what) { super(what); }
}
