package org.infrafabric.sip;

import org.infrafabric.call.CallFailure;

/** What a final response that is no 2xx means for a call (RFC 3261 §21). */
final class Failures {
    private Failures() {}

    static CallFailure of(int status) {
        return switch (status) {
            case 486, 600 -> CallFailure.BUSY;
            case 480, 408 -> CallFailure.NO_ANSWER;
            case 603, 403, 401, 407, 433, 607, 608 -> CallFailure.DECLINED; // 607 RFC 8197, 608 RFC 8688
            case 404, 410, 484, 485, 604 -> CallFailure.NOT_FOUND;
            case 415, 488, 606 -> CallFailure.NO_COMMON_CODEC;
            case 487 -> CallFailure.CANCELLED;
            case 503 -> CallFailure.OVERLOAD;
            case 502, 504 -> CallFailure.UNREACHABLE;
            default -> status < 400 ? CallFailure.UNREACHABLE : status < 500 ? CallFailure.BAD_REQUEST : CallFailure.SERVER_ERROR;
        };
    }
}
