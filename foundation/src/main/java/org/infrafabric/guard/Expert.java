package org.infrafabric.guard;

import java.time.Duration;
import java.util.Set;

/**
 * An outside expert who may be called.
 *
 * @param uri SIP URI, or a pattern such as {@code sip:expert-*@external.advisor} for calls that come in
 * @param hazards what this expert may be asked about
 * @param ringTimeout how long the phone rings before it counts as no answer
 * @param postAnswerDigits keys that are pressed when the call is answered, to reach an extension behind a switchboard; a comma is a pause of 2 s. Empty: none
 */
public record Expert(String uri, String name, Set<String> hazards, Accept accept, Duration ringTimeout, String postAnswerDigits) implements Party {
    /** Nobody longer is waited for than that takes. */
    public static final int MOST_POST_ANSWER_DIGITS = 32;

    public Expert {
        if (postAnswerDigits == null) postAnswerDigits = ""; // a record that was stored before there was this field
    }

    /** One who answers the phone directly. */
    public Expert(String uri, String name, Set<String> hazards, Accept accept, Duration ringTimeout) {
        this(uri, name, hazards, accept, ringTimeout, "");
    }
}
