package org.infrafabric.call;

import java.time.Instant;
import org.infrafabric.guard.Permit;

/** Whether an operator's call may be made; the guard fills it, and fails closed. */
@FunctionalInterface
public interface CallPermit {
    /** Counts the call if it is permitted. Once a phone that is to ring; {@code nowNanos} is monotonic. */
    Permit permit(String uri, Instant wall, long nowNanos);
}
