package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import gov.nist.javax.sip.message.SIPMessage;
import gov.nist.javax.sip.message.SIPRequest;
import gov.nist.javax.sip.message.SIPResponse;
import gov.nist.javax.sip.parser.StringMsgParser;
import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Our parser beside JAIN-SIP's. Both read each message; whether they take it, and what they find in it, must be the same, or the difference is listed
 * here with its reason. A difference that is not listed fails, and so does a reason that nothing needs any more.
 */
class JainSipTest {
    private static final String PASSED_OVER = "JAIN-SIP passes over a header line that it cannot read; we say 400, for what it held may have mattered";
    private static final String ONCE = "JAIN-SIP keeps one of several; who takes the other one sees another message, so we say 400 (RFC 3261 §7.3.1)";

    /** Messages of the torture sets → why we do not do as JAIN-SIP does. */
    private static final Map<String, String> TORTURE = new TreeMap<>(Map.ofEntries(
            Map.entry("TC_BADASPEC_I", "white space within < >: RFC 4475 §3.1.2.14 calls it malformed; " + PASSED_OVER),
            Map.entry("TC_BADDN_I", "a comma in a display name without quotes: RFC 4475 §3.1.2.15 allows 400"),
            Map.entry("TC_BADVERS_V", "another version is 505, RFC 3261 §21.5.6; JAIN-SIP's parser leaves that to its stack"),
            Map.entry("TC_ESCRURI_V", "headers in the Request-URI, RFC 3261 §19.1.1 table 1: 400 by RFC 4475 §3.1.2.11"),
            Map.entry("TC_INV2543_I", "a client of RFC 2543 is served, RFC 4475 §3.4.1; JAIN-SIP wants a Contact"),
            Map.entry("TC_LWSSTART_V", "more than one space in the start line: 400 by RFC 4475 §3.1.2.8"),
            Map.entry("TC_MCL01_I", "two Content-Lengths, RFC 4475 §3.3.9: " + ONCE), Map.entry("TC_MULTI01_I", "RFC 4475 §3.3.8: " + ONCE),
            Map.entry("TC_NCL_I", "a negative Content-Length, RFC 4475 §3.1.2.3: 400; JAIN-SIP takes it for none"),
            Map.entry("TC_TRWS_I", "white space after the version: 400 by RFC 4475 §3.1.2.10"),
            Map.entry("carriage-return-alone", "JAIN-SIP takes a lone CR for the end of a line, most do not: two readers, two messages. We say 400"),
            Map.entry("control-byte-in-the-call-id", "no word of RFC 3261 §25.1 holds a control byte"),
            Map.entry("folded-everywhere", "JAIN-SIP cannot read white space within SIP / 2.0, which RFC 3261 §25.1 allows"),
            Map.entry("from-twice", ONCE), Map.entry("head-too-large", "JAIN-SIP has no bound; we say 513"),
            Map.entry("headers-after-the-uri", "RFC 3261 §19.1.1 table 1: not in a Request-URI"),
            Map.entry("length-not-a-number", PASSED_OVER), Map.entry("lengths-that-differ", ONCE),
            Map.entry("name-with-comma", "a display name with a comma must be quoted, RFC 3261 §25.1"), Map.entry("name-with-space", PASSED_OVER),
            Map.entry("no-contact", "a client of RFC 2543 is served, RFC 4475 §3.4.1; JAIN-SIP wants a Contact"),
            Map.entry("no-max-forwards", "RFC 2543 has none, RFC 3261 §16.3 takes it as enough; JAIN-SIP wants one"),
            Map.entry("number-too-large", "below 2^31, RFC 3261 §8.1.1.5; JAIN-SIP holds a long"),
            Map.entry("other-version", "another version is 505, RFC 3261 §21.5.6; JAIN-SIP's parser leaves that to its stack"),
            Map.entry("password-without-a-user", "RFC 3261 §25.1 userinfo: there is no password without a user"),
            Map.entry("port-too-large", "no port is over 65535"),
            Map.entry("question-mark-without-brackets", "RFC 3261 §20.10: must stand in < >; else whose is what follows it?"),
            Map.entry("scheme-with-escape", "RFC 3261 §25.1 scheme: letters, digits, + - ."),
            Map.entry("space-after-the-version", "400 as in RFC 4475 §3.1.2.10"),
            Map.entry("star-for-a-contact", "RFC 3261 §20.10: * is for REGISTER only"), Map.entry("tag-twice", ONCE), Map.entry("two-contacts", ONCE),
            Map.entry("uri-too-long", "JAIN-SIP has no bound; we say 414")));

    /** Kinds of differences over spoilt messages, by their beginning → why. "We": ours refuses and JAIN-SIP's takes it; "they": the other way round. */
    private static final Map<String, String> SPOILT = new LinkedHashMap<>();

    static {
        SPOILT.put("we: Malformed header line", PASSED_OVER);
        SPOILT.put("we: Bad Via", "JAIN-SIP is content with another Via below one that it cannot read; the topmost is where the answer goes");
        SPOILT.put("we: Bad From", "what JAIN-SIP does not look at: quotes, spaces, parameters, hosts, escapes");
        SPOILT.put("we: Bad To", "the same");
        SPOILT.put("we: Bad Contact", "the same; and JAIN-SIP passes over a Contact that it cannot read");
        SPOILT.put("we: Bad Call-ID", "JAIN-SIP takes anything for a word");
        SPOILT.put("we: Bad CSeq", "JAIN-SIP takes white space and more after the method");
        SPOILT.put("we: Bad Max-Forwards", "in a response JAIN-SIP does not miss what it could not read");
        SPOILT.put("we: Bad Content-Length", PASSED_OVER);
        SPOILT.put("we: Carriage return within a line", "JAIN-SIP takes a lone CR for the end of a line: two readers, two messages");
        SPOILT.put("we: Malformed Request-URI", "white space within it, or no URI at all");
        SPOILT.put("we: Request-URI", "what JAIN-SIP does not look at: hosts, parameters, escapes");
        SPOILT.put("we: Headers in the Request-URI", "RFC 3261 §19.1.1 table 1");
        SPOILT.put("we: No empty line after the headers", "a message cut short, or a line break turned into something else at its end");
        SPOILT.put("we: Version Not Supported", "505; JAIN-SIP's parser leaves that to its stack");
        SPOILT.put("we: White space after the version", "RFC 4475 §3.1.2.10");
        SPOILT.put("we: no start line of SIP", "JAIN-SIP takes tabs, lower case and more in a start line");
        SPOILT.put("we: no status of SIP", "JAIN-SIP takes numbers of any length");
        SPOILT.put("they: Missing a required header : Max-Forwards", "RFC 2543 has none, RFC 3261 §16.3");
        SPOILT.put("they: Missing a required header : Contact", "RFC 2543 has none, RFC 4475 §3.4.1");
        SPOILT.put("they: Missing a required header : Via",
                "a Via below the topmost that is spoilt is the next one's to judge; JAIN-SIP throws all away");
        SPOILT.put("they: Via Is missing", "the same in a response");
        SPOILT.put("they: Missing a required header : From", "an odd but sound URI or display name that JAIN-SIP cannot read");
        SPOILT.put("they: From Is missing", "the same in a response");
        SPOILT.put("they: Missing a required header : To", "the same in a To");
        SPOILT.put("they: To Is missing", "the same in a response");
        SPOILT.put("field body", "without a Content-Length a datagram's end is the body's, RFC 3261 §18.3; JAIN-SIP takes none then");
        SPOILT.put("field branch", "a comma ends the topmost Via; JAIN-SIP reads on");
        SPOILT.put("field BYE", "JAIN-SIP writes a URI of another scheme anew, its escapes in small letters");
        SPOILT.put("field INFO", "the same");
    }

    @Test
    void shouldReadTheTortureSetsAsJainSipDoesOrSayWhyNot() throws IOException {
        Map<String, byte[]> messages = new LinkedHashMap<>();
        OwnTorture.all().forEach(message -> messages.put(message.name(), message.bytes()));
        Optional<Path> folder = Rfc4475.folder();
        if (folder.isPresent()) for (String name : Rfc4475.OVER_UDP.keySet()) messages.put(name, Rfc4475.message(folder.get(), name));
        Map<String, String> differences = new TreeMap<>();
        messages.forEach((name, bytes) -> {
            String ours = ours(bytes);
            String theirs = theirs(bytes);
            if (kind(ours, theirs).isPresent()) differences.put(name, ours + " | " + theirs);
        });
        Set<String> listed = new TreeSet<>(TORTURE.keySet());
        listed.retainAll(messages.keySet());
        assertThat(differences.keySet()).as("ours | JAIN-SIP's: %s", differences).isEqualTo(listed);
    }

    @Test
    void shouldReadSoundMessagesOfEveryShapeAsJainSipDoes() {
        for (long seed = 0; seed < 2_000; seed++) {
            byte[] message = new SoundMessages(new Random(seed)).next();
            assertThat(ours(message)).as("seed %d: %s", seed, new String(message, ISO_8859_1)).doesNotStartWith(REFUSED).isEqualTo(theirs(message));
        }
    }

    @Test
    void shouldReadSpoiltMessagesAsJainSipDoesOrSayWhyNot() {
        Set<String> needed = new TreeSet<>();
        for (long seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] message = new SoundMessages(random).next();
            message[random.nextInt(message.length)] = (byte) "\r\n\t :;,<>\"=@%?[]\0ax1".charAt(random.nextInt(20));
            Optional<String> kind = kind(ours(message), theirs(message));
            if (kind.isEmpty()) continue;
            Optional<String> reason = SPOILT.keySet().stream().filter(kind.get()::startsWith).findFirst();
            assertThat(reason).as("%s, seed %d: %s", kind.get(), seed, new String(message, ISO_8859_1)).isPresent();
            needed.add(reason.orElseThrow());
        }
        Set<String> idle = new TreeSet<>(SPOILT.keySet());
        idle.removeAll(needed);
        assertThat(idle).as("reasons that nothing needs").isEmpty();
    }

    private static final String REFUSED = "refused";

    /** What kind of difference it is, if it is one. */
    private static Optional<String> kind(String ours, String theirs) {
        boolean weRefuse = ours.startsWith(REFUSED);
        boolean theyRefuse = theirs.startsWith(REFUSED);
        if (weRefuse && theyRefuse || ours.equals(theirs)) return Optional.empty();
        if (weRefuse) return Optional.of("we: " + ours.substring(REFUSED.length()).strip());
        if (theyRefuse) return Optional.of("they: " + theirs.substring(REFUSED.length()).strip());
        String[] one = ours.split(", ");
        String[] other = theirs.split(", ");
        for (int i = 0; i < Math.min(one.length, other.length); i++)
            if (!one[i].equals(other[i])) return Optional.of("field " + one[i].split(" ")[0]);
        return Optional.of("field of another number");
    }

    /** What we find in it; in a few words why it is not taken, if it is not. What is sound but not done here is taken. */
    private static String ours(byte[] bytes) {
        SipMessage message;
        try {
            message = SipParser.parse(bytes);
        } catch (NotSip e) {
            return REFUSED + " " + e.getMessage();
        }
        Optional<String> fault = message.isRequest()
                ? Validator.request(message).filter(each -> List.of(400, 414, 505, 513).contains(each.status())).map(Validator.Fault::phrase)
                : Validator.response(message);
        if (fault.isPresent()) return REFUSED + " " + fault.get();
        return found(message.isRequest() ? message.method() + " " + message.requestUri() : Integer.toString(message.status()),
                message.text(HeaderName.CALL_ID), message.number(), message.cseq().orElseThrow().method(), message.fromTag(), message.toTag(),
                message.via().branch(), message.via().host(), message.via().port(), message.body().length);
    }

    private static String theirs(byte[] bytes) {
        try {
            SIPMessage message = new StringMsgParser().parseSIPMessage(bytes.clone(), true, false, null);
            if (message == null) return REFUSED + " nothing";
            checkHeaders(message);
            String start = message instanceof SIPRequest request ? request.getMethod() + " " + request.getRequestURI()
                    : Integer.toString(((SIPResponse) message).getStatusCode());
            byte[] body = message.getRawContent();
            return found(start, message.getCallId().getCallId(), message.getCSeq().getSeqNumber(), message.getCSeq().getMethod(),
                    text(message.getFrom().getTag()), text(message.getTo().getTag()), text(message.getTopmostVia().getBranch()),
                    message.getTopmostVia().getHost(), message.getTopmostVia().getPort(), body == null ? 0 : body.length);
        } catch (ParseException | RuntimeException e) {
            return REFUSED + " " + e.getMessage();
        }
    }

    private static void checkHeaders(SIPMessage message) throws ParseException {
        if (message instanceof SIPRequest request) request.checkHeaders();
        else((SIPResponse) message).checkHeaders();
    }

    private static String found(String start, String callId, long number, String method, String fromTag, String toTag, String branch, String host,
            int port, int body) {
        return String.join(", ", start, "Call-ID " + callId, "CSeq " + number + " " + method, "from tag " + fromTag, "to tag " + toTag,
                "branch " + branch, "sent by " + host + ":" + port, "body " + body);
    }

    private static String text(String orNull) { return orNull == null ? "" : orNull; }
}
