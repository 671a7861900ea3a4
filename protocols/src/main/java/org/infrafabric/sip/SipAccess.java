package org.infrafabric.sip;

import java.util.List;
import java.util.function.Predicate;

/**
 * Who a user agent is to others, whom it lets in, and whom it obeys.
 *
 * @param credentials with which it answers challenges; the first whose realm fits is taken
 * @param redirects whether a call that we make may go on to this URI, named by whoever was called (3xx); asked once for each, on the owner's thread
 * @param realm that callers are asked for
 * @param hashes that callers may answer with, the preferred first; some old phones give up when they see any but MD5
 * @param callers who may call in with a password; with none, nobody is asked for one
 */
public record SipAccess(List<Credential> credentials, Predicate<String> redirects, String realm, List<DigestAlgorithm> hashes, List<Caller> callers) {
    /** The better first, RFC 8760 §2.4. */
    public static final List<DigestAlgorithm> USUAL_HASHES = List.of(DigestAlgorithm.SHA_256, DigestAlgorithm.MD5);
    /** Knows no password, follows nobody, asks nobody. */
    public static final SipAccess NONE = new SipAccess(List.of(), uri -> false, "", USUAL_HASHES, List.of());

    public SipAccess {
        credentials = List.copyOf(credentials);
        hashes = List.copyOf(hashes);
        callers = List.copyOf(callers);
    }
}
