package org.infrafabric.sip;

import org.infrafabric.call.CallFailure;

/** Ends a leg that a former life of this process left behind (CONTRACT §8): CANCEL for one that was calling, BYE for one that was answered. */
final class StrayEnding implements Transactions.Client, DialogRequests.Reply {
    private static final String REASON = Core.reason("Q.850", 41, "restarted");

    /** A call was held and refreshed since its token was kept; its requests were counted on, and a number too low is refused (§12.2.2). Gaps are no error. */
    private static final long LEAP = 100_000;

    private final Core core;
    private final ResumeToken token;
    private final DigestClient digest;

    StrayEnding(Core core, ResumeToken token) {
        this.core = core;
        this.token = token;
        digest = new DigestClient(core.access().credentials(), core.ids());
    }

    void run() {
        Dialog dialog = dialog(token.remoteTag(), token.target(), 0);
        core.routes().locate(token.answered() || !token.routes().isEmpty() ? dialog.nextHop() : token.target(),
                hop -> hop.ifPresentOrElse(this::end, () -> core.routes().locate(called(), other -> other.ifPresent(this::end))));
    }

    /** Where it was first called, for a peer whose Contact leads nowhere. */
    private String called() {
        return Core.party(token.remote()) + (token.protocol() == Endpoint.Protocol.TCP ? ";transport=tcp" : "");
    }

    private void end(Hop hop) {
        if (token.answered()) {
            new DialogRequests(core, dialog(token.remoteTag(), token.target(), LEAP), hop, digest).bye(REASON, this);
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
        DialogRequests requests = new DialogRequests(core, dialog, from, digest);
        requests.ack(token.number()).run();
        requests.bye(REASON, this);
    }

    @Override
    public void sent(Hop hop, byte[] bye) {
        core.journal(SipJournal.Kind.BYE_SENT, token.traceId(), token.callId(), Core.party(token.remote()), hop, 0, "restarted", bye);
    }

    @Override
    public void answered(SipMessage response, Hop from) {}

    @Override
    public void failed(CallFailure why) {}

    @Override
    public void onFailed(CallFailure why) {}

    private Dialog dialog(String remoteTag, String target, long leap) {
        return new Dialog(token.callId(), token.localTag(), remoteTag, token.local(), token.remote(), token.routes(), target, token.number() + leap,
                -1);
    }
}
