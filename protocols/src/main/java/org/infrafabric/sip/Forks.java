package org.infrafabric.sip;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.infrafabric.call.CallFailure;
import org.infrafabric.media.AudioAnswer;
import org.infrafabric.media.AudioPort.Negotiated;
import org.infrafabric.media.NoCommonCodec;
import org.infrafabric.sdp.MalformedSdp;

/**
 * The branches of one INVITE of ours, while it rings: a proxy may have forked it, and each phone that answers makes an early dialog of its own (RFC 3261 §12.1.2,
 * §13.2.2). Acknowledges what they say reliably (RFC 3262) and answers what they change (RFC 3311). Owner's thread only.
 */
final class Forks {
    /** Answers beyond these many branches are not remembered. */
    private static final int MAX = 16;

    private final Core core;
    private final String localTag;
    private final DigestClient digest;
    private final Descriptions descriptions;
    private final Map<String, Fork> byTag = new HashMap<>();

    Forks(Core core, String localTag, DigestClient digest, Descriptions descriptions) {
        this.core = core;
        this.localTag = localTag;
        this.digest = digest;
        this.descriptions = descriptions;
    }

    /** One phone that has said something. */
    private static final class Fork {
        private Optional<DialogRequests> early = Optional.empty();
        private Optional<byte[]> answer = Optional.empty();
        private boolean reliable; // the answer was acknowledged: no later one counts
        private Optional<Negotiated> changed = Optional.empty();
        private long lastReliable = -1;
    }

    /** A 101 to 199. {@code number} and {@code target}: of the INVITE. */
    void onProvisional(SipMessage response, Hop from, long number, String target) {
        String tag = response.toTag();
        if (tag.isEmpty() || byTag.size() >= MAX && !byTag.containsKey(tag)) return;
        Fork fork = byTag.computeIfAbsent(tag, unknown -> new Fork());
        boolean reliable = Validator.options(response, HeaderName.REQUIRE).contains("100rel");
        if (reliable && !acknowledged(fork, response, from, number, target)) return;
        if (!response.hasBody() || !Validator.isSdp(response) || response.bodyTo() - response.bodyFrom() > Validator.MAX_BODY || fork.reliable)
            return;
        fork.answer = Optional.of(response.description());
        fork.reliable = reliable;
    }

    /** RFC 3262 §4: each reliable provisional is acknowledged once, in order. False for a repeated one, and for one that came too early. */
    private boolean acknowledged(Fork fork, SipMessage response, Hop from, long number, String target) {
        long sequence = Ascii.number(response.text(HeaderName.RSEQ), 0x7fff_ffffL);
        if (sequence <= 0 || fork.lastReliable >= 0 && sequence != fork.lastReliable + 1) return false;
        if (fork.early.isEmpty()) {
            try {
                fork.early = Optional.of(new DialogRequests(core, Dialog.caller(response, localTag, number, target), from, digest));
            } catch (IllegalArgumentException e) {
                return false; // its Contact leads nowhere; it will repeat itself and give up
            }
        }
        fork.lastReliable = sequence;
        fork.early.get().send("PRACK", writer -> writer.header(HeaderName.RACK, sequence + " " + number + " INVITE"), "", DialogRequests.NO_BODY,
                QUIET);
        return true;
    }

    private static final DialogRequests.Reply QUIET = new DialogRequests.Reply() {
        @Override
        public void answered(SipMessage response, Hop from) {}

        @Override
        public void failed(CallFailure why) {} // the INVITE's own answer will tell
    };

    /** How many requests of ours this phone has had: the dialog of its 2xx counts on from there. */
    long lastNumber(String tag, long otherwise) {
        Fork fork = byTag.get(tag);
        return fork == null ? otherwise : fork.early.map(requests -> requests.dialog().localNumber()).orElse(otherwise);
    }

    /** The 2xx of one phone: connects the port by what it says, or by what it said before, §13.2.1. */
    void settle(SipMessage response, String tag) throws NoCommonCodec, MalformedSdp {
        Fork fork = byTag.getOrDefault(tag, new Fork());
        byte[] answer = response.hasBody() && !fork.reliable ? response.description() : fork.answer.orElse(response.description());
        byTag.values().forEach(each -> each.answer = Optional.empty()); // what is left of them is counted on when they answer too
        if (fork.changed.isPresent()) descriptions.settle(fork.changed.get());
        else descriptions.accept(answer);
    }

    /** A request of a phone that still rings. */
    void onRequest(ServerTransaction transaction) {
        switch (transaction.method()) {
            case "INVITE" -> core.replies().refuse(transaction, 491, ""); // glare, §14.2
            case "OPTIONS" -> core.replies().options(transaction);
            case "UPDATE" -> onUpdate(transaction);
            default -> core.replies().refuse(transaction, 481, "");
        }
    }

    /** RFC 3311 §5.2: only who has answered our offer for good may make one. */
    private void onUpdate(ServerTransaction transaction) {
        Fork fork = byTag.get(transaction.request().fromTag());
        if (fork == null || fork.early.isEmpty()) {
            core.replies().refuse(transaction, 481, "");
            return;
        }
        if (!fork.early.get().dialog().accept(transaction.number())) {
            core.replies().refuse(transaction, 500, "CSeq out of order");
            return;
        }
        fork.early.get().dialog().refreshTarget(transaction.request());
        if (!transaction.request().hasBody()) {
            core.replies().confirm(transaction);
            return;
        }
        if (!fork.reliable) {
            core.replies().refuse(transaction, 491, "");
            return;
        }
        try {
            AudioAnswer answer = descriptions.early(transaction.request().description());
            fork.changed = Optional.of(answer.media());
            core.replies().confirm(transaction, writer -> {}, Descriptions.TYPE, answer.sdp());
        } catch (NoCommonCodec e) {
            core.replies().refuseMedia(transaction);
        } catch (MalformedSdp e) {
            core.replies().refuse(transaction, 400, "Malformed session description");
        }
    }
}
