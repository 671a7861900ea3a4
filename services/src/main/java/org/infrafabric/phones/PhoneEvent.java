package org.infrafabric.phones;

import java.nio.file.Path;
import java.util.Optional;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.LegEnd;
import org.infrafabric.call.Provenance;

/** What happens at a phone. */
public sealed interface PhoneEvent {
    /** In a few words, for people. */
    String words();

    /**
     * It rings.
     *
     * @param from who calls, a URI; anyone can claim to be anyone
     * @param provenance the escalation; there only when the phone knows the bus's key and the signature was good
     */
    record Rings(String from, Optional<Provenance> provenance) implements PhoneEvent {
        @Override
        public String words() {
            return "rings: " + from + provenance
                    .map(p -> ", escalation " + p.traceId() + ", hazard " + String.join(",", p.hazards()) + ", signed by the bus").orElse("");
        }
    }

    /** It called, and the other side rings (a 18x of that status). */
    record FarRings(int status) implements PhoneEvent {
        @Override
        public String words() { return "rings at the other end (" + status + ")"; }
    }

    /** The call stands, in either direction. */
    record Answered() implements PhoneEvent {
        @Override
        public String words() { return "answered"; }
    }

    /** The first sound packet came from the other side. */
    record FirstAudio() implements PhoneEvent {
        @Override
        public String words() { return "hears the other side"; }
    }

    /** The other side pressed a key. */
    record HeardDigit(char digit) implements PhoneEvent {
        @Override
        public String words() { return "hears digit " + digit; }
    }

    /** It pressed a key. */
    record Pressed(char digit) implements PhoneEvent {
        @Override
        public String words() { return "presses " + digit; }
    }

    /** It did not take a call. */
    record Refused(String from, CallFailure why) implements PhoneEvent {
        @Override
        public String words() { return "refuses " + from + ": " + why.label(); }
    }

    /** The caller gave up before it answered. */
    record GivenUp() implements PhoneEvent {
        @Override
        public String words() { return "the caller gave up"; }
    }

    /** The call is over, or did not come about. */
    record Ended(LegEnd end) implements PhoneEvent {
        @Override
        public String words() {
            String who = end.byPeer() ? "the other side ended the call" : "ended";
            return who + end.failure().map(why -> ": " + why.label() + (end.status() > 0 ? " (" + end.status() + ")" : "")).orElse("");
        }
    }

    /** What it heard was written to a file. */
    record Kept(Path file) implements PhoneEvent {
        @Override
        public String words() { return "what it heard is in " + file; }
    }

    /** Something did not work; the phone goes on. */
    record Trouble(String what) implements PhoneEvent {
        @Override
        public String words() { return what; }
    }
}
