package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A SIP message as it came: the bytes, and where in them each header stands. Values are decoded when they are asked for.
 *
 * <p>Strings hold one byte a character (ISO 8859-1), so that what is echoed to a peer is what it sent, whatever its bytes; what people read is
 * decoded as UTF-8 where it is shown. Made by {@link SipParser}; never changes.
 */
final class SipMessage {
    private final byte[] bytes;
    private final StartLine start;
    private final HeaderIndex headers;
    private final int bodyFrom;
    private final int bodyTo;
    private final String fault;
    private final int faultStatus;
    private @Nullable Via via;
    private @Nullable CSeq cseq;

    /**
     * @param fault what the parser stumbled over while it went on, or empty
     * @param faultStatus with which answer its sender is told of that
     */
    SipMessage(byte[] bytes, StartLine start, HeaderIndex headers, int bodyFrom, int bodyTo, String fault, int faultStatus) {
        this.bytes = bytes;
        this.start = start;
        this.headers = headers;
        this.bodyFrom = bodyFrom;
        this.bodyTo = bodyTo;
        this.fault = fault;
        this.faultStatus = faultStatus;
    }

    /**
     * First line.
     *
     * @param method of a request; empty in a response
     * @param status of a response; 0 in a request
     * @param textFrom where the Request-URI or the reason phrase stands
     * @param versionFrom where the SIP-Version stands
     */
    record StartLine(String method, int status, int textFrom, int textTo, int versionFrom, int versionTo) {}

    boolean isRequest() { return start.status() == 0; }

    /** Of a request; of a response, that of its CSeq. */
    String method() {
        return isRequest() ? start.method() : cseq().map(CSeq::method).orElse("");
    }

    String requestUri() { return isRequest() ? Ascii.text(bytes, start.textFrom(), start.textTo()) : ""; }

    int uriFrom() { return start.textFrom(); }

    int uriTo() { return start.textTo(); }

    /** 0 for a request. */
    int status() { return start.status(); }

    /** UTF-8 decoded, for people. */
    String phrase() {
        return isRequest() ? "" : new String(bytes, start.textFrom(), start.textTo() - start.textFrom(), UTF_8);
    }

    String version() { return Ascii.text(bytes, start.versionFrom(), start.versionTo()); }

    boolean isVersion(byte[] version) { return Ascii.equalsIgnoreCase(bytes, start.versionFrom(), start.versionTo(), version); }

    /** What the parser stumbled over while it went on, or empty. */
    String fault() { return fault; }

    /** With which answer its sender is told of that. */
    int faultStatus() { return faultStatus; }

    /** Where its headers stand. */
    HeaderIndex index() { return headers; }

    int count(HeaderName name) { return headers.count(name); }

    /** The first header of this name: unfolded, trimmed. */
    Optional<String> header(HeaderName name) {
        int at = headers.first(name);
        return at < 0 ? Optional.empty() : Optional.of(headers.value(bytes, at));
    }

    /** The first header of this name, or the empty string. */
    String text(HeaderName name) {
        int at = headers.first(name);
        return at < 0 ? "" : headers.value(bytes, at);
    }

    List<String> headers(HeaderName name) {
        List<String> values = new ArrayList<>(2);
        for (int at = headers.first(name); at >= 0; at = headers.next(name, at)) values.add(headers.value(bytes, at));
        return values;
    }

    /** Whether some header's name starts with {@code prefix}, whatever its case. */
    boolean hasHeaderStarting(String prefix) {
        return headers.hasNameStarting(bytes, prefix);
    }

    /**
     * The topmost Via.
     *
     * @throws Malformed when it is none
     */
    Via via() {
        Via known = via;
        if (known != null) return known;
        int at = headers.first(HeaderName.VIA);
        if (at < 0) throw new Malformed("Missing Via");
        known = Via.parse(bytes, headers.from(at), headers.to(at));
        via = known;
        return known;
    }

    /** Empty when it is missing or malformed. */
    Optional<CSeq> cseq() {
        CSeq known = cseq;
        if (known == null) {
            int at = headers.first(HeaderName.CSEQ);
            known = at < 0 ? null : CSeq.parse(bytes, headers.from(at), headers.to(at));
            cseq = known;
        }
        return Optional.ofNullable(known);
    }

    /** The sequence number; -1 when it is missing or malformed. */
    long number() { return cseq().isPresent() && cseq != null ? cseq.number() : -1; }

    /** The From's dialog tag, or empty. The message must have passed the validator. */
    String fromTag() { return tag(HeaderName.FROM); }

    /** The To's dialog tag, or empty. The message must have passed the validator. */
    String toTag() { return tag(HeaderName.TO); }

    /** Whether it belongs, or claims to, to a dialog. The message must have passed the validator. */
    boolean hasToTag() {
        int at = headers.first(HeaderName.TO);
        return at >= 0 && NameAddr.hasTag(bytes, headers.from(at), headers.to(at));
    }

    private String tag(HeaderName party) {
        int at = headers.first(party);
        return at < 0 ? "" : NameAddr.tag(bytes, headers.from(at), headers.to(at));
    }

    byte[] body() { return Arrays.copyOfRange(bytes, bodyFrom, bodyTo); }

    /** The session description that its body is, or that is a part of it (RFC 5621); empty where parts hold none. */
    byte[] description() {
        return Multipart.description(this);
    }

    boolean hasBody() { return bodyTo > bodyFrom; }

    int bodyFrom() { return bodyFrom; }

    int bodyTo() { return bodyTo; }

    /** The whole message; not to be changed. */
    byte[] bytes() { return bytes; }
}
