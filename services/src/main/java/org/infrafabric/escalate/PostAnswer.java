package org.infrafabric.escalate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys that are pressed for a callee behind a switchboard once it has answered (RFC 4733): 0-9, *, # and A-D; a comma is a pause.
 *
 * @param keys each with its time after the answer
 * @param length after which the person may be spoken to
 */
record PostAnswer(List<Stroke> keys, Duration length) {
    private static final Duration BEFORE = Duration.ofMillis(500); // the path opens
    private static final Duration STROKE = Duration.ofMillis(250); // 100 ms of tone, and silence for those who count it
    private static final Duration COMMA = Duration.ofSeconds(2);

    record Stroke(char key, Duration after) {}

    static PostAnswer of(String digits) {
        List<Stroke> keys = new ArrayList<>();
        Duration at = BEFORE;
        for (char digit : digits.toCharArray()) {
            if (digit != ',') keys.add(new Stroke(digit, at));
            at = at.plus(digit == ',' ? COMMA : STROKE);
        }
        return new PostAnswer(List.copyOf(keys), at);
    }
}
