package org.infrafabric.guard;

/** How a person shows that a person, not a voicemail, took the call (CONTRACT §6). */
public enum Accept {
    /** Press 1 within 15 s of answering. */
    DTMF,
    /** The answer itself. */
    ANSWER
}
