package org.infrafabric.sip;

/** The topmost value of a Via header, RFC 3261 §20.42: where in the header's bytes its parts stand. */
final class Via {
    /** RFC 3261 §8.1.1.7: branches that start so are unique in space and time. */
    static final String MAGIC = "z9hG4bK";

    private static final byte[] SIP = {'S', 'I', 'P'};
    private static final byte[] VERSION = {'2', '.', '0'};
    private static final byte[] BRANCH = {'b', 'r', 'a', 'n', 'c', 'h'};
    private static final byte[] RPORT = {'r', 'p', 'o', 'r', 't'};

    private final byte[] bytes;
    private final int transportFrom;
    private final int transportTo;
    private final int hostFrom;
    private final int hostTo;
    private final int port;
    private final int end;

    private Via(byte[] bytes, int transportFrom, int transportTo, int hostFrom, int hostTo, int port, int end) {
        this.bytes = bytes;
        this.transportFrom = transportFrom;
        this.transportTo = transportTo;
        this.hostFrom = hostFrom;
        this.hostTo = hostTo;
        this.port = port;
        this.end = end;
    }

    /** @throws Malformed when it is none */
    static Via parse(String text) {
        byte[] bytes = Ascii.bytes(text);
        return parse(bytes, 0, bytes.length);
    }

    /** @throws Malformed when it is none */
    static Via parse(byte[] bytes, int from, int to) {
        int at = part(bytes, from, to, SIP);
        at = part(bytes, slash(bytes, at, to), to, VERSION);
        int transportFrom = slash(bytes, at, to);
        int transportTo = Ascii.skip(bytes, transportFrom, to, Ascii.TOKEN);
        int hostFrom = Ascii.skipSpace(bytes, transportTo, to);
        if (transportTo == transportFrom || hostFrom == transportTo) throw new Malformed("Malformed Via");
        long plain = HostPort.plain(bytes, hostFrom, to);
        int hostTo = HostPort.end(plain);
        int port = HostPort.portOf(plain);
        if (hostTo == hostFrom || hostTo < to && bytes[hostTo] != ';' && bytes[hostTo] != ',') {
            while (hostTo < to && bytes[hostTo] != ';' && bytes[hostTo] != ',') hostTo++;
            port = HostPort.check(bytes, hostFrom, hostTo);
        }
        return new Via(bytes, transportFrom, transportTo, hostFrom, hostTo, port, Params.check(bytes, hostTo, to));
    }

    /** As written, such as {@code UDP}. */
    String transport() { return Ascii.text(bytes, transportFrom, transportTo); }

    /** In lower case. */
    String host() { return HostPort.parse(bytes, hostFrom, hostTo).host(); }

    /** -1 where there is none. */
    int port() { return port; }

    int portOr(int ifMissing) { return port < 0 ? ifMissing : port; }

    /** Empty where there is none. */
    String branch() { return Params.value(bytes, hostTo, end, BRANCH); }

    /** Whether the client asks for answers where its request came from, RFC 3581. */
    boolean hasRport() {
        return Params.find(bytes, hostTo, end, RPORT) >= 0;
    }

    /** Index after this value in the bytes it was read from: a comma stands there, or the header ends. */
    int end() { return end; }

    /** Index of the first byte after the sent-by: its parameters begin there. */
    int paramsFrom() { return hostTo; }

    private static int part(byte[] bytes, int from, int to, byte[] wanted) {
        int at = Ascii.skipSpace(bytes, from, to);
        if (to - at < wanted.length || !Ascii.equalsIgnoreCase(bytes, at, at + wanted.length, wanted)) throw new Malformed("Malformed Via");
        return at + wanted.length;
    }

    private static int slash(byte[] bytes, int from, int to) {
        int at = Ascii.skipSpace(bytes, from, to);
        if (at >= to || bytes[at] != '/') throw new Malformed("Malformed Via");
        return Ascii.skipSpace(bytes, at + 1, to);
    }
}
