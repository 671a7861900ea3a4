package org.infrafabric.call;

/** Why a call did not come about or ended badly: one list for every protocol, log line and metric. */
public enum CallFailure {
    BUSY(486, 17, true), NO_ANSWER(480, 19, true), DECLINED(603, 21, false), UNREACHABLE(408, 20, true), NOT_FOUND(404, 1, false),
    NO_COMMON_CODEC(488, 65, false), DENIED_BY_GUARD(403, 21, false), OVERLOAD(503, 42, true), BAD_REQUEST(400, 95, false),
    SERVER_ERROR(500, 41, true), CANCELLED(487, 16, false), MEDIA_TIMEOUT(408, 41, true);

    private final int sipStatus;
    private final int h323Cause;
    private final boolean retryable;

    CallFailure(int sipStatus, int h323Cause, boolean retryable) {
        this.sipStatus = sipStatus;
        this.h323Cause = h323Cause;
        this.retryable = retryable;
    }

    /** The status this failure is answered with, RFC 3261 §21. */
    public int sipStatus() { return sipStatus; }

    /** Q.850 cause, as H.225 Release Complete carries it. */
    public int h323Cause() { return h323Cause; }

    /** Whether calling the same party again may help. */
    public boolean retryable() { return retryable; }

    /** Label value in metrics and log entries. */
    public String label() { return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'); }
}
