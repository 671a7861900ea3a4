package org.infrafabric.witness;

import java.util.List;

/** Every event that may stand in the log, with its payload's fields; {@code docs/events.md} is made from this list. One line an event. */
public enum EventType {
    // @formatter:off
    KEY_CHANGED("IF.message", "key_changed", "The node signs with another key from the next entry on; this one is signed by the old key.", "keyId", "publicKey"),
    COSIGNING_SHORT("IF.message", "cosigning_short", "A checkpoint of the log has fewer cosignatures of outside witnesses than the config asks for.", "size", "cosignatures", "needed"),
    COSIGNING_RESTORED("IF.message", "cosigning_restored", "Enough outside witnesses cosign the log's checkpoints again.", "size", "cosignatures", "needed"),
    LOG_BROKEN("IF.message", "log_broken", "An entry before this one is not what was written, or the hash tree above it: no new escalation is taken from now on.", "seq", "what"),
    BLOB_DELETED("IF.record", "blob_deleted", "The bytes and the salt of a blob were deleted; its hash stays in the entry that names it.", "blob", "entry", "reason"),
    GUARD_DECIDED("IF.guard", "guard_decided", "What the guard said to a message, and what it looked at: with the policy and roster that its hashes name, enough to judge again.", "escalation", "result", "rule", "reason", "policyHash", "inputs", "hazards", "rungs", "council"),
    POLICY_LOADED("IF.guard", "policy_loaded", "A policy is in force from now on: at the start, and whenever it is read again. Its hash names the canonical form of what stands here.", "policyHash", "file", "cause", "by", "approved", "policy"),
    ROSTER_LOADED("IF.guard", "roster_loaded", "Who may ask, be rung and vote from now on, and when; without names and tokens. Its hash names the canonical form of what stands here; accessHash tells whether tokens or edges are those of another such entry, and nothing of them.", "rosterHash", "accessHash", "cause", "by", "roster"),
    POLICY_REJECTED("IF.guard", "policy_rejected", "A config or policy that was to be read again cannot be used; what was in force stays.", "file", "cause", "by", "problems"),
    APPROVAL_REQUESTED("IF.guard", "approval_requested", "A change of policy or roster waits for the approval of so many operators.", "hash", "policyHash", "rosterHash", "accessHash", "by", "need", "of", "until"),
    APPROVAL_GIVEN("IF.guard", "approval_given", "One operator approves a change; the last one that is needed puts it in force.", "hash", "by", "given", "need"),
    APPROVAL_ENDED("IF.guard", "approval_ended", "A change that waited for approval will not come: its time is over, or another took its place.", "hash", "cause"),
    CALL_DENIED("IF.guard", "call_denied", "An expert may not be called now.", "escalation", "party", "reason"),
    RECEIVED("IF.escalate", "received", "An escalation began; evidenceBarred names the evidence whose host is not allowed.", "escalation", "requestSha256", "source", "hazards", "evidenceBarred", "request"),
    VALIDATED("IF.escalate", "validated", "Its message is sound, its agent known.", "escalation", "agent", "signed"),
    JUDGED("IF.escalate", "judged", "The guard has spoken.", "escalation", "result", "reason"),
    RINGING("IF.escalate", "ringing", "A rung's phones are called.", "escalation", "rung", "experts", "restarted"),
    ACCEPTED("IF.escalate", "accepted", "An expert takes the case.", "escalation", "rung", "expert"),
    BRIEFED("IF.escalate", "briefed", "The expert has heard the case; spoken is false when there was no voice to tell it and the council has to.", "escalation", "expert", "spoken"),
    IN_COUNCIL("IF.escalate", "in_council", "Voting is open.", "escalation", "eligible", "quorum", "deadline"),
    DECIDED("IF.escalate", "decided", "People, or the deadline, have decided.", "escalation", "decision", "conditions", "reason"),
    CLOSED("IF.escalate", "closed", "Calls ended, recording written.", "escalation"),
    DENIED("IF.escalate", "denied", "The guard denies it.", "escalation", "decision", "conditions", "reason"),
    HELD("IF.escalate", "held", "A second source is needed first.", "escalation", "decision", "conditions", "reason"),
    SHARED("IF.escalate", "shared", "No people are needed.", "escalation", "decision", "conditions", "reason"),
    EXHAUSTED("IF.escalate", "exhausted", "No expert was reached on any rung.", "escalation", "decision", "conditions", "reason"),
    EXPIRED("IF.escalate", "expired", "The message's deadline passed before a council.", "escalation", "decision", "conditions", "reason"),
    CANCELLED("IF.escalate", "cancelled", "Called off.", "escalation", "decision", "conditions", "reason"),
    COUNCIL_OPENED("IF.council", "council_opened", "Who may vote until when.", "escalation", "eligible", "quorum", "deadline", "expert"),
    COUNCIL_RESUMED("IF.council", "council_resumed", "After a restart its members are called again; votes stand.", "escalation", "eligible", "votes"),
    GUARDIAN_JOINED("IF.council", "guardian_joined", "A guardian is on the bridge.", "escalation", "guardian", "leg"),
    GUARDIAN_LEFT("IF.council", "guardian_left", "A guardian is off the bridge.", "escalation", "guardian", "leg"),
    EXPERT_JOINED("IF.council", "expert_joined", "The expert is on the bridge.", "escalation", "expert", "leg"),
    EXPERT_LEFT("IF.council", "expert_left", "The expert is off the bridge.", "escalation", "expert", "leg"),
    EXPERT_DECIDED("IF.council", "expert_decided", "Without a council the expert decides.", "escalation", "expert", "vote"),
    VOTE_CAST("IF.council", "vote_cast", "A vote; a guardian's last one counts.", "escalation", "guardian", "vote", "channel", "conditions", "reason"),
    VOTE_WITHDRAWN("IF.council", "vote_withdrawn", "A vote taken back.", "escalation", "guardian", "channel"),
    COUNCIL_CLOSED("IF.council", "council_closed", "Voting is over.", "escalation", "approve", "reject", "abstain", "quorum", "cause"),
    CALL_PLACED("IF.call", "call_placed", "A party is called.", "escalation", "leg", "role", "party", "uri", "attempt"),
    CALL_RINGING("IF.call", "call_ringing", "A party's phone rings; millis since the message was read.", "escalation", "leg", "party", "status", "millis"),
    CALL_ANSWERED("IF.call", "call_answered", "A party's phone was taken off the hook; millis since the message was read.", "escalation", "leg", "party", "millis"),
    FIRST_AUDIO("IF.call", "first_audio", "The first RTP packet from a party; millis since the message was read.", "escalation", "leg", "party", "millis"),
    PROMPT_UNSPOKEN("IF.call", "prompt_unspoken", "No voice could say a prompt in time; the party (all: everybody in the mix) heard a tone instead.", "escalation", "leg", "party", "prompt"),
    CALL_DECLINED("IF.call", "call_declined", "A party answered but did not take part.", "escalation", "leg", "party", "cause"),
    CALL_ENDED("IF.call", "call_ended", "A leg ended.", "escalation", "leg", "party", "failure", "status", "byPeer"),
    CALL_TAKEN("IF.call", "call_taken", "A party called in by itself.", "escalation", "leg", "role", "party", "from"),
    CALL_REFUSED("IF.call", "call_refused", "Somebody called in who has no part in this.", "from", "to", "source", "cause", "suppressed"),
    CLOCK_JUMPED("IF.call", "clock_jumped", "The wall clock went so many milliseconds another way than time did; running counts the escalations that go on.", "millis", "running"),
    FEEDBACK_GIVEN("IF.call", "feedback_given", "After the call: how useful the expert was, 1 to 5; the words are a blob.", "escalation", "role", "rater", "expert", "usefulness", "note"),
    CALL_ORIGINATED("IF.call", "call_originated", "An operator has two parties called and joined.", "call", "from", "to", "by"),
    CALL_JOINED("IF.call", "call_joined", "Two parties of an operator's call hear each other.", "call", "from", "to"),
    CALL_CLOSED("IF.call", "call_closed", "An operator's call is over; failure says why it came to nothing, restarted that its legs were ended after a crash.", "call", "party", "failure", "status", "byPeer"),
    CALL_HUNG_UP("IF.call", "call_hung_up", "An operator ended a call or one leg.", "call", "leg", "by"),
    CALL_HELD("IF.call", "call_held", "An operator put a call or one leg on hold.", "call", "leg", "by"),
    CALL_RESUMED("IF.call", "call_resumed", "An operator took a call or one leg off hold.", "call", "leg", "by"),
    CALL_TRANSFERRED("IF.call", "call_transferred", "An operator gives a party somebody else to talk to: a target that is rung (blind), or the party of another leg (attended).", "call", "leg", "mode", "target", "by"),
    PARTICIPANT_ADDED("IF.call", "participant_added", "An operator has somebody called into a conference.", "conference", "leg", "party", "by"),
    PARTICIPANT_REMOVED("IF.call", "participant_removed", "An operator hung up on a participant.", "conference", "leg", "party", "by"),
    PARTICIPANT_MUTED("IF.call", "participant_muted", "An operator muted a participant, or let them be heard again.", "conference", "leg", "muted", "by"),
    INVITE_SENT("IF.sip", "invite_sent", "An INVITE went out.", "callId", "party", "peer", "status", "detail", "message"),
    SIP_RINGING("IF.sip", "ringing", "The callee's phone rings (18x).", "callId", "party", "peer", "status", "detail", "message"),
    SIP_ANSWERED("IF.sip", "answered", "The callee answered (2xx).", "callId", "party", "peer", "status", "detail", "message"),
    CANCEL_SENT("IF.sip", "cancel_sent", "We took our INVITE back.", "callId", "party", "peer", "status", "detail", "message"),
    BYE_SENT("IF.sip", "bye_sent", "We hung up.", "callId", "party", "peer", "status", "detail", "message"),
    BYE_RECEIVED("IF.sip", "bye_received", "The peer hung up.", "callId", "party", "peer", "status", "detail", "message"),
    CALL_FAILED("IF.sip", "call_failed", "An INVITE of ours came to nothing.", "callId", "party", "peer", "status", "detail", "message"),
    INVITE_RECEIVED("IF.sip", "invite_received", "An INVITE came in.", "callId", "party", "peer", "status", "detail", "message"),
    INVITE_ACCEPTED("IF.sip", "invite_accepted", "We answered an INVITE (200).", "callId", "party", "peer", "status", "detail", "message"),
    INVITE_REFUSED("IF.sip", "invite_refused", "We refused an INVITE; for a signed one that was not genuine, detail names the fault.", "callId", "party", "peer", "status", "detail", "message"),
    CANCEL_RECEIVED("IF.sip", "cancel_received", "The caller took its INVITE back.", "callId", "party", "peer", "status", "detail", "message"),
    OVERLOAD_BEGAN("IF.sip", "overload_began", "This node cannot keep up: new calls are turned away (503) from now on; calls that stand go on.", "detail"),
    OVERLOAD_ENDED("IF.sip", "overload_ended", "All calls are taken again.", "detail"),
    MESSAGE_REFUSED("IF.message", "message_refused", "A message that began nothing.", "agent", "code", "field", "detail", "suppressed"),
    DECISION_DELIVERED("IF.message", "decision_delivered", "The agent's callback took the decision.", "escalation", "host", "status", "attempts"),
    DELIVERY_FAILED("IF.message", "delivery_failed", "The decision could not be brought to the callback; it can be polled.", "escalation", "host", "reason", "attempts"),
    RECORDING_WRITTEN("IF.record", "recording_written", "The recording's files, each with party, name, millis and the hex SHA-256 of the whole file; the mix first.", "escalation", "files", "lostMillis"),
    RECORDING_FAILED("IF.record", "recording_failed", "The recording could not be written.", "escalation", "reason"),
    ;
    // @formatter:on

    private final String component;
    private final String event;
    private final String meaning;
    private final List<String> fields;

    EventType(String component, String event, String meaning, String... fields) {
        this.component = component;
        this.event = event;
        this.meaning = meaning;
        this.fields = List.of(fields);
    }

    public String component() { return component; }

    public String event() { return event; }

    public String meaning() { return meaning; }

    /** Names that may stand in the payload, in the order in which the docs list them. */
    public List<String> fields() { return fields; }
}
