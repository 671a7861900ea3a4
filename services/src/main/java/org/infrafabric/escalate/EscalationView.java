package org.infrafabric.escalate;

import java.util.List;
import java.util.Optional;

/**
 * An escalation as the outside sees it (CONTRACT §2); a snapshot.
 *
 * @param state one of CONTRACT §3's states
 * @param rung counted from 1; 0 before ringing
 * @param expert URI of the expert who rings or has accepted
 * @param decision the whole signed decision, as JSON, once there is one
 * @param ringMillis body read → first 18x or 2xx of an expert's phone
 * @param setupMillis body read → first RTP packet from the expert
 * @param recording file of the mix, once written
 */
public record EscalationView(String id, String traceId, String source, String state, List<String> hazards, String summary, String severity, int rung,
        Optional<String> expert, Council council, Optional<String> decision, List<Step> history, Optional<Long> ringMillis,
        Optional<Long> setupMillis,
        Optional<String> recording) {

    /** @param members who is eligible, and whether each is on the bridge */
    public record Council(List<Member> members, List<Cast> votes, int quorum, boolean open, Optional<String> deadline) {}

    public record Member(String guardian, boolean onBridge) {}

    public record Cast(String guardian, String vote, String time, List<String> conditions) {}

    /** A state entered: its entry in the log. */
    public record Step(String state, String time, long seq, String detail) {}
}
