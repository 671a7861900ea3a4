package org.infrafabric.sip;

import org.infrafabric.call.CallFailure;

/** Ends a leg that a former life of this process left behind (CONTRACT §8): CANCEL for one that was calling, BYE for one that was answered. */
final class StrayEnding implements Transactions.Client {
    private static final String REASON = Core.reason("Q.850", 41, "restarted");

    private final Core core;
    private final ResumeToken token;

    StrayEnding(Core core, ResumeToken token) {
        this.core = core;
        this.token = token;
    }

    void run() {
        Dialog dialog = dialog(token.remoteTag(), token.target());
        core.locate(token.answered() || !token.routes().isEmpty() ? dialog.nextHop() : token.target(),
                hop -> hop.ifPresentOrElse(this::end, () -> core.locate(called(), other -> other.ifPresent(this::end))));
    }

    /** Where it was first called, for a peer whose Contact leads nowhere. */
    private String called() {
        return Core.party(token.remote()) + (token.protocol() == Endpoint.Protocol.TCP ? ";transport=tcp" : "");
    }

    private void end(Hop hop) {
        if (token.answered()) {
            byte[] bye = core.bye(dialog(token.remoteTag(), token.target()), hop, REASON);
            core.journal(SipJournal.Kind.BYE_SENT, token.traceId(), token.callId(), Core.party(token.remote()), hop, 0, "restarted", bye);
            return;
        }
        byte[] invite = SipWriter.request("INVITE", token.target()).header(HeaderName.VIA, token.via())
                .header(HeaderName.FROM, token.local() + ";tag=" + token.localTag()).header(HeaderName.TO, token.remote())
                .header(HeaderName.CALL_ID, token.callId()).header(HeaderName.CSEQ, token.number() + " INVITE")
                .header(HeaderName.MAX_FORWARDS, Requests.MAX_FORWARDS).end();
        byte[] cancel = core.transactions().resumeInvite(invite, token.branch(), hop, this).cancel(REASON, core.settings().product());
        core.journal(SipJournal.Kind.CANCEL_SENT, token.traceId(), token.callId(), Core.party(token.remote()), hop, 0, "restarted", cancel);
    }

    /** It was answered in between: the 2xx is acknowledged, and the call ended at once. A refusal the transaction has acknowledged. */
    @Override
    public void onResponse(SipMessage response, Hop from) {
        if (response.status() < 200 || response.status() >= 300) return;
        Dialog dialog;
        try {
            dialog = Dialog.caller(response, token.localTag(), token.number(), token.target());
        } catch (IllegalArgumentException e) {
            return;
        }
        core.route(dialog.nextHop(), from, to -> {
            core.acknowledge(dialog, token.number()).accept(to);
            byte[] bye = core.bye(dialog, to, REASON);
            core.journal(SipJournal.Kind.BYE_SENT, token.traceId(), token.callId(), Core.party(token.remote()), to, 0, "restarted", bye);
        });
    }

    @Override
    public void onFailed(CallFailure why) {}

    private Dialog dialog(String remoteTag, String target) {
        return new Dialog(token.callId(), token.localTag(), remoteTag, token.local(), token.remote(), token.routes(), target, token.number(), -1);
    }
}
