package org.infrafabric.escalate;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A courier over HTTP/1.1 (RFC 9112): one POST on one connection, no redirect followed, nothing read of the answer but its status. The host is resolved once,
 * every address it has is checked, and the connection goes to one of those very addresses, so that a name cannot come to mean another between the check and
 * the connection; {@code Host} and SNI stay the name's. The allow-list of hosts is held by {@link Deliveries}.
 */
public final class HttpCourier implements Courier {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int LONGEST_HEAD = 16_384;

    /** What a name means now. */
    @FunctionalInterface
    interface Names {
        List<InetAddress> of(String host) throws UnknownHostException;
    }

    private final Set<String> allowed;
    private final Names names;
    private final @Nullable SSLSocketFactory tls;

    /** @param allowed the operator's list; an inner address is a callback only when that very address stands there */
    public HttpCourier(Set<String> allowed) {
        this(allowed, host -> List.of(InetAddress.getAllByName(host)), null);
    }

    /** @param tls null for the platform's */
    HttpCourier(Set<String> allowed, Names names, @Nullable SSLSocketFactory tls) {
        this.allowed = Set.copyOf(allowed);
        this.names = names;
        this.tls = tls;
    }

    @Override
    public int post(URI target, byte[] json) throws IOException {
        String host = target.getHost();
        boolean secure = "https".equalsIgnoreCase(target.getScheme());
        int port = target.getPort() >= 0 ? target.getPort() : secure ? 443 : 80;
        List<InetAddress> addresses = names.of(host);
        for (InetAddress address : addresses) Reach.check(host, address, allowed);
        try (Socket plain = connected(host, addresses, port)) {
            plain.setSoTimeout((int) ANSWER.toMillis());
            Socket line = secure ? secured(plain, host, port) : plain;
            line.getOutputStream().write(request(target, host, port, secure, json));
            line.getOutputStream().flush();
            return status(line);
        }
    }

    private static Socket connected(String host, List<InetAddress> addresses, int port) throws IOException {
        IOException last = new UnknownHostException(host);
        for (InetAddress address : addresses) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(address, port), (int) CONNECT.toMillis());
                return socket;
            } catch (IOException unreachable) {
                socket.close();
                last = unreachable;
            }
        }
        throw last;
    }

    private Socket secured(Socket plain, String host, int port) throws IOException {
        SSLSocketFactory factory = tls == null ? (SSLSocketFactory) SSLSocketFactory.getDefault() : tls;
        SSLSocket socket = (SSLSocket) factory.createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 9110 §4.3.4
        if (host.chars().anyMatch(Character::isLetter) && !host.startsWith("[")) parameters.setServerNames(List.of(new SNIHostName(host)));
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static byte[] request(URI target, String host, int port, boolean secure, byte[] json) {
        String path = target.getRawPath() == null || target.getRawPath().isEmpty() ? "/" : target.getRawPath();
        if (target.getRawQuery() != null) path += "?" + target.getRawQuery();
        String authority = port == (secure ? 443 : 80) ? host : host + ":" + port;
        byte[] head = ("POST " + path + " HTTP/1.1\r\nHost: " + authority
                + "\r\nUser-Agent: ifbus\r\nContent-Type: application/json\r\nContent-Length: "
                + json.length + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = new byte[head.length + json.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(json, 0, all, head.length, json.length);
        return all;
    }

    /** Of the final answer: those of class 1 only announce it (RFC 9110 §15.2). */
    private static int status(Socket line) throws IOException {
        Head head = new Head(line);
        while (true) {
            int status = head.status();
            if (status >= 200) return status;
            while (!head.line().isEmpty()) {} // its header fields
        }
    }

    /** The answer's head, read within its time and length. */
    private static final class Head {
        private final Socket socket;
        private final InputStream in;
        private final long endNanos = System.nanoTime() + ANSWER.toNanos();
        private int left = LONGEST_HEAD;

        Head(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
        }

        int status() throws IOException {
            String line = line();
            if (!line.matches("HTTP/1\\.[01] [1-5][0-9][0-9]( .*)?")) throw new IOException("the callback does not speak HTTP/1.1");
            return Integer.parseInt(line.substring(9, 12));
        }

        String line() throws IOException {
            StringBuilder line = new StringBuilder();
            while (true) {
                long millis = (endNanos - System.nanoTime()) / 1_000_000;
                if (millis <= 0) throw new SocketTimeoutException("the callback did not answer in " + ANSWER.toSeconds() + " s");
                socket.setSoTimeout((int) millis);
                int next = in.read();
                if (next < 0) throw new IOException("the callback hung up without an answer");
                if (--left < 0) throw new IOException("the callback's answer has a head over " + LONGEST_HEAD + " bytes");
                if (next == '\n') return line.toString();
                if (next != '\r') line.append((char) next);
            }
        }
    }
}
