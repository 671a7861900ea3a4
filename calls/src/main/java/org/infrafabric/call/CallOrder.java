package org.infrafabric.call;

import java.util.Optional;
import org.infrafabric.media.AudioPort;

/**
 * A call to be made.
 *
 * @param target whom, a URI
 * @param subject a few words for the callee's display, or empty
 * @param traceId under which its signalling is written down, 32 lower-case hex digits; empty for a call that belongs to nothing
 * @param provenance the escalation it belongs to; empty for an ordinary call
 * @param audio the port that will carry its sound; whoever opened it closes it
 */
public record CallOrder(String target, String subject, String traceId, Optional<Provenance> provenance, AudioPort audio) {
    /** One that has no trace but its escalation's. */
    public CallOrder(String target, String subject, Optional<Provenance> provenance, AudioPort audio) {
        this(target, subject, provenance.map(Provenance::traceId).orElse(""), provenance, audio);
    }
}
