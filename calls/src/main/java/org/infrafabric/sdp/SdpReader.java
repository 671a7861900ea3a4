package org.infrafabric.sdp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/** Reads one session description line by line, RFC 8866 §5 and §9, with a bound on everything that a stranger could make grow. */
final class SdpReader {
    static final int MAX_BYTES = 32_768;
    static final int MAX_LINE = 2_048;
    static final int MAX_MEDIA = 32;
    static final int MAX_FORMATS = 64;
    static final int MAX_ATTRIBUTES = 256; // in one section

    private final String text;
    private int position;
    private int line;

    private SessionDescription.@Nullable Origin origin;
    private String name = "";
    private final List<String> timing = new ArrayList<>();
    private final Section session = new Section();
    private final List<Stream> streams = new ArrayList<>();

    SdpReader(byte[] bytes) throws MalformedSdp {
        if (bytes.length > MAX_BYTES) throw new MalformedSdp(0, "longer than " + MAX_BYTES + " bytes");
        this.text = new String(bytes, StandardCharsets.ISO_8859_1);
    }

    SessionDescription read() throws MalformedSdp {
        String first = nextLine();
        if (first == null) throw new MalformedSdp(0, "empty");
        if (!first.equals("v=0")) throw new MalformedSdp(line, "must be v=0");
        for (String next = nextLine(); next != null; next = nextLine())
            if (!next.isEmpty()) take(next);
            else expectOnlyBlanks();
        SessionDescription.Origin from = origin;
        if (from == null) throw new MalformedSdp(0, "no o= line");
        List<MediaDescription> media = new ArrayList<>(streams.size());
        for (Stream stream : streams) media.add(stream.described());
        return new SessionDescription(from, name, Optional.ofNullable(session.connection), timing, session.attributes, media);
    }

    private void take(String next) throws MalformedSdp {
        if (next.length() < 2 || next.charAt(1) != '=') throw new MalformedSdp(line, "is not <letter>=<value>");
        String value = next.substring(2);
        boolean inSession = streams.isEmpty();
        Section section = inSession ? session : streams.getLast().section;
        switch (next.charAt(0)) {
            case 'o' -> onlyInSession(inSession, 'o', () -> origin(value));
            case 's' -> onlyInSession(inSession, 's', () -> name = value.strip());
            case 't' -> onlyInSession(inSession, 't', () -> timing(value));
            case 'c' -> section.connection(connection(value));
            case 'a' -> section.attribute(value);
            case 'm' -> media(value);
            case 'i', 'b', 'k' -> {}                                     // not used for calls
            case 'u', 'e', 'p', 'r', 'z' -> onlyInSession(inSession, next.charAt(0), () -> {});
            case 'v' -> throw new MalformedSdp(line, "a second v=");
            default -> throw new MalformedSdp(line, "unknown type letter"); // §5: ignore or reject the whole
        }
    }

    private interface Step {
        void run() throws MalformedSdp;
    }

    private void onlyInSession(boolean inSession, char type, Step step) throws MalformedSdp {
        if (!inSession) throw new MalformedSdp(line, type + "= does not belong to a media description");
        step.run();
    }

    private void origin(String value) throws MalformedSdp {
        if (origin != null) throw new MalformedSdp(line, "a second o=");
        List<String> parts = fields(value, 6);
        if (!digits(parts.get(1)) || !digits(parts.get(2))) throw new MalformedSdp(line, "session id and version must be digits");
        origin = new SessionDescription.Origin(parts.get(0), parts.get(1), parts.get(2), address(parts.get(3), parts.get(4), parts.get(5)));
    }

    private void timing(String value) throws MalformedSdp {
        List<String> parts = fields(value, 2);
        if (!digits(parts.get(0)) || !digits(parts.get(1))) throw new MalformedSdp(line, "start and stop must be digits");
        if (timing.size() == MAX_MEDIA) throw new MalformedSdp(line, "too many t= lines");
        timing.add(parts.get(0) + " " + parts.get(1));
    }

    private Connection connection(String value) throws MalformedSdp {
        List<String> parts = fields(value, 3);
        return address(parts.get(0), parts.get(1), parts.get(2));
    }

    private Connection address(String netType, String addressType, String address) throws MalformedSdp {
        if (!netType.equals("IN")) throw new MalformedSdp(line, "net type is not IN");
        if (!addressType.equals("IP4") && !addressType.equals("IP6")) throw new MalformedSdp(line, "address type is neither IP4 nor IP6");
        return new Connection(addressType, address);
    }

    private void media(String value) throws MalformedSdp {
        if (streams.size() == MAX_MEDIA) throw new MalformedSdp(line, "more than " + MAX_MEDIA + " media");
        List<String> parts = words(value);
        if (parts.size() < 4) throw new MalformedSdp(line, "m= needs media, port, protocol and a format");
        if (parts.size() - 3 > MAX_FORMATS) throw new MalformedSdp(line, "more than " + MAX_FORMATS + " formats");
        String port = parts.get(1);
        int slash = port.indexOf('/');                                    // <port>/<number of ports>: hierarchical encodings, not used for calls
        if (slash >= 0 && !digits(port.substring(slash + 1))) throw new MalformedSdp(line, "number of ports is not a number");
        streams.add(new Stream(line, parts.get(0), port(slash < 0 ? port : port.substring(0, slash)), parts.get(2), parts.subList(3, parts.size())));
    }

    private int port(String text) throws MalformedSdp {
        if (!digits(text) || text.length() > 5) throw new MalformedSdp(line, "port is not 0 to 65535");
        int port = Integer.parseInt(text);
        if (port > 65_535) throw new MalformedSdp(line, "port is not 0 to 65535");
        return port;
    }

    private List<String> fields(String value, int count) throws MalformedSdp {
        List<String> parts = words(value);
        if (parts.size() != count) throw new MalformedSdp(line, "needs " + count + " fields, has " + parts.size());
        return parts;
    }

    private static List<String> words(String value) {
        List<String> words = new ArrayList<>(6);
        for (StringTokenizer each = new StringTokenizer(value.strip(), " "); each.hasMoreTokens();) words.add(each.nextToken());
        return words;
    }

    private static boolean digits(String text) {
        if (text.isEmpty()) return false;
        for (int i = 0; i < text.length(); i++)
            if (text.charAt(i) < '0' || text.charAt(i) > '9') return false;
        return true;
    }

    private void expectOnlyBlanks() throws MalformedSdp {
        for (String next = nextLine(); next != null; next = nextLine())
            if (!next.isEmpty()) throw new MalformedSdp(line, "text after an empty line");
    }

    private @Nullable String nextLine() throws MalformedSdp {
        if (position >= text.length()) return null;
        line++;
        int end = text.indexOf('\n', position);
        int next = end < 0 ? text.length() : end + 1;
        if (end < 0) end = text.length();
        if (end > position && text.charAt(end - 1) == '\r') end--;
        if (end - position > MAX_LINE) throw new MalformedSdp(line, "longer than " + MAX_LINE + " bytes");
        String found = text.substring(position, end);
        for (int i = 0; i < found.length(); i++)
            if (found.charAt(i) == 0 || found.charAt(i) == '\r') throw new MalformedSdp(line, "NUL or a lone CR in it"); // §9, byte-string
        position = next;
        return found;
    }

    /** What a session and a media description have in common. */
    private final class Section {
        private @Nullable Connection connection;
        private final List<Attribute> attributes = new ArrayList<>();

        private void connection(Connection next) {
            if (connection == null) connection = next; // several are for multicast layers, §5.7: the first is ours
        }

        private void attribute(String value) throws MalformedSdp {
            if (attributes.size() == MAX_ATTRIBUTES) throw new MalformedSdp(line, "more than " + MAX_ATTRIBUTES + " attributes");
            int colon = value.indexOf(':');
            String name = (colon < 0 ? value : value.substring(0, colon)).strip();
            if (name.isEmpty() || name.indexOf(' ') >= 0) throw new MalformedSdp(line, "a= without a name");
            attributes.add(new Attribute(name, colon < 0 ? "" : value.substring(colon + 1).strip()));
        }
    }

    /** A media description being read. */
    private final class Stream {
        private final int at;
        private final String media;
        private final int port;
        private final String protocol;
        private final List<String> formats;
        private final Section section = new Section();

        private Stream(int at, String media, int port, String protocol, List<String> formats) {
            this.at = at;
            this.media = media;
            this.port = port;
            this.protocol = protocol;
            this.formats = formats;
        }

        private MediaDescription described() throws MalformedSdp {
            if (section.connection == null && session.connection == null && port != 0)
                throw new MalformedSdp(at, "no c= line, neither here nor for the session"); // §5.7
            return new MediaDescription(media, port, protocol, formats, Optional.ofNullable(section.connection), section.attributes);
        }
    }
}
