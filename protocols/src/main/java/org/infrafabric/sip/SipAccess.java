package org.infrafabric.sip;

import java.util.List;
import java.util.function.Predicate;

/**
 * Who a user agent is to others, and whom it obeys.
 *
 * @param credentials with which it answers challenges; the first whose realm fits is taken
 * @param redirects whether a call that we make may go on to this URI, named by whoever was called (3xx); asked once for each, on the owner's thread
 */
public record SipAccess(List<Credential> credentials, Predicate<String> redirects) {
    /** Knows no password, and follows nobody. */
    public static final SipAccess NONE = new SipAccess(List.of(), uri -> false);

    public SipAccess {
        credentials = List.copyOf(credentials);
    }
}
