package org.infrafabric.client;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why the bus did not do what the agent asked. Each kind asks for another answer. */
public abstract sealed class IfbusException extends Exception {
    private static final long serialVersionUID = 1;

    private IfbusException(String message, @Nullable Throwable cause) { super(message, cause); }

    /** The bus answered, and refused. Nothing was created. */
    public static final class Refused extends IfbusException {
        private static final long serialVersionUID = 1;

        private final int status;
        private final String code;
        private final String field;
        private final @Nullable Duration retryAfter;

        Refused(int status, String code, String field, String detail, @Nullable Duration retryAfter) {
            super(status + " " + code + (field.isEmpty() ? "" : " " + field) + ": " + detail, null);
            this.status = status;
            this.code = code;
            this.field = field;
            this.retryAfter = retryAfter;
        }

        /** HTTP status. */
        public int status() { return status; }

        /** The problem's {@code code} (CONTRACT §2), such as {@code stale}; empty when the answer was no problem document. */
        public String code() {
            return code;
        }

        /** JSON pointer of the offending field; empty when there is none. */
        public String field() { return field; }

        /** Whether the same message may well be taken later: the bus asks for patience (429), or has trouble of its own (5xx). */
        public boolean isPassing() {
            return status == 429 || status >= 500;
        }

        /** When to try again (429, 503); empty when trying again will not help or the bus did not say. */
        public Optional<Duration> retryAfter() {
            return Optional.ofNullable(retryAfter);
        }
    }

    /** No bus answered there. A message may have arrived all the same: send the very same bytes again, the bus takes them once. */
    public static final class Unreachable extends IfbusException {
        private static final long serialVersionUID = 1;

        Unreachable(String message, @Nullable Throwable cause) { super(message, cause); }
    }

    /** No decision within the time given. The escalation goes on; await it again, or cancel it. */
    public static final class TimedOut extends IfbusException {
        private static final long serialVersionUID = 1;

        TimedOut(String message) { super(message, null); }
    }

    /** The answer is not what the bus's key signed, or answers another question. Never act on it. */
    public static final class Unproven extends IfbusException {
        private static final long serialVersionUID = 1;

        Unproven(String message) { super(message, null); }
    }
}
