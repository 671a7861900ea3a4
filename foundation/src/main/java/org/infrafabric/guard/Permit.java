package org.infrafabric.guard;

/**
 * Whether an expert may be called now.
 *
 * @param reason for the log; empty when allowed
 * @param retryAfterNanos until a call may be allowed again; 0 when allowed, or when waiting does not help
 */
public record Permit(boolean allowed, String reason, long retryAfterNanos) {
    static final Permit ALLOWED = new Permit(true, "", 0);
}
