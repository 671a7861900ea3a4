package org.infrafabric.sip;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Proves who we are along one dialog (RFC 3261 §22.2, §22.3, RFC 8760): keeps what it was asked, and puts the answer on each request from then on, so that only
 * the first is asked twice. Owner's thread only.
 */
final class DigestClient {
    /** Realms that may ask at once: every proxy on the way may be one. */
    private static final int MAX_REALMS = 8;

    private final List<Credential> credentials;
    private final Ids ids;
    private final Map<String, Asked> asked = new LinkedHashMap<>();
    private List<Line> ofInvite = List.of();

    DigestClient(List<Credential> credentials, Ids ids) {
        this.credentials = credentials;
        this.ids = ids;
    }

    private record Line(HeaderName name, String value) {}

    /** A question of one server. */
    private static final class Asked {
        final boolean proxy;
        final DigestHeader header;
        final DigestAlgorithm algorithm;
        final Credential credential;
        long used;

        Asked(boolean proxy, DigestHeader header, DigestAlgorithm algorithm, Credential credential) {
            this.proxy = proxy;
            this.header = header;
            this.algorithm = algorithm;
            this.credential = credential;
        }

        String realm() { return header.value("realm"); }
    }

    /**
     * Takes the questions of a 401 or 407: of each realm the one with the strongest hash.
     *
     * @param triedBefore the request was asked already and had its answer: then only another nonce for the same answer (stale) is worth a try
     * @return whether the request is worth sending again
     */
    boolean take(SipMessage response, boolean triedBefore) {
        Map<String, Asked> strongest = new LinkedHashMap<>();
        for (HeaderName name : List.of(HeaderName.WWW_AUTHENTICATE, HeaderName.PROXY_AUTHENTICATE)) {
            for (String text : response.headers(name)) {
                Optional<Asked> question = question(text, name == HeaderName.PROXY_AUTHENTICATE);
                if (question.isEmpty() || triedBefore && !question.get().header.value("stale").equalsIgnoreCase("true")) continue;
                strongest.merge((question.get().proxy ? "p" : "w") + question.get().realm(), question.get(),
                        (one, other) -> other.algorithm.compareTo(one.algorithm) > 0 ? other : one);
            }
        }
        if (strongest.isEmpty() || strongest.size() > MAX_REALMS) return false;
        strongest.forEach((key, next) -> {
            Asked before = asked.get(key);
            if (before != null && before.header.value("nonce").equals(next.header.value("nonce"))) next.used = before.used; // RFC 7616 §3.4: the count goes on
            asked.put(key, next);
        });
        return asked.size() <= MAX_REALMS;
    }

    private Optional<Asked> question(String text, boolean proxy) {
        return DigestHeader.parse(text).flatMap(header -> {
            Optional<DigestAlgorithm> algorithm = DigestAlgorithm.named(header.value("algorithm"));
            Optional<Credential> credential = credentials.stream().filter(each -> each.fits(header.value("realm"))).findFirst();
            boolean usable = !header.value("nonce").isEmpty() && (header.value("qop").isEmpty() || !qop(header).isEmpty());
            return usable && algorithm.isPresent() && credential.isPresent()
                    ? Optional.of(new Asked(proxy, header, algorithm.get(), credential.get()))
                    : Optional.empty();
        });
    }

    /** Of what the server would take, the least work: auth, else auth-int. */
    private static String qop(DigestHeader header) {
        List<String> offered = new ArrayList<>();
        for (String each : header.value("qop").split(",")) offered.add(each.strip().toLowerCase(java.util.Locale.ROOT));
        return offered.contains("auth") ? "auth" : offered.contains("auth-int") ? "auth-int" : "";
    }

    /** Puts the answers to all that was asked so far on a request. */
    void write(SipWriter request, String method, String uri, byte[] body) {
        if (asked.isEmpty()) return;
        List<Line> lines = new ArrayList<>(asked.size());
        for (Asked each : asked.values())
            lines.add(new Line(each.proxy ? HeaderName.PROXY_AUTHORIZATION : HeaderName.AUTHORIZATION, answer(each, method, uri, body)));
        if (method.equals("INVITE")) ofInvite = lines;
        lines.forEach(line -> request.header(line.name, line.value));
    }

    /** Puts the answers of the last INVITE on its ACK: nobody can ask for an ACK's own, RFC 3261 §22.1. */
    void writeAck(SipWriter ack) {
        ofInvite.forEach(line -> ack.header(line.name, line.value));
    }

    private String answer(Asked question, String method, String uri, byte[] body) {
        DigestHeader header = question.header;
        String named = header.value("algorithm");
        String qop = qop(header);
        String count = "%08x".formatted(++question.used);
        String clientNonce = ids.tag();
        boolean session = named.toLowerCase(java.util.Locale.ROOT).endsWith("-sess");
        String response = new DigestResponse(question.algorithm, session, question.realm(), header.value("nonce"), qop, count, clientNonce)
                .of(question.credential.user(), question.credential.password(), method, uri, body);
        StringBuilder text = new StringBuilder(256).append("Digest username=")
                .append(DigestHeader.quoted(DigestResponse.wire(question.credential.user()))).append(", realm=")
                .append(DigestHeader.quoted(question.realm())).append(", nonce=").append(DigestHeader.quoted(header.value("nonce"))).append(", uri=")
                .append(DigestHeader.quoted(uri)).append(", response=\"").append(response).append('"');
        if (!named.isEmpty()) text.append(", algorithm=").append(question.algorithm.token()).append(session ? "-sess" : "");
        if (!header.value("opaque").isEmpty()) text.append(", opaque=").append(DigestHeader.quoted(header.value("opaque")));
        if (!qop.isEmpty()) text.append(", qop=").append(qop).append(", nc=").append(count);
        if (!qop.isEmpty() || session) text.append(", cnonce=\"").append(clientNonce).append('"');
        return text.toString();
    }
}
