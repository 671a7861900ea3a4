package org.infrafabric.escalate;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A courier over HTTP: follows no redirect, reads no answer but its status, and goes to no address that only this machine or its link can mean, unless the
 * operator named that very address. The allow-list itself is held by {@link Deliveries}.
 */
public final class HttpCourier implements Courier, AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(10);

    /** Made when there is something to bring: many a bus has no callback, and a client costs every start 50 ms and a thread. */
    private @Nullable HttpClient client;

    @Override
    public int post(URI target, byte[] json) throws IOException {
        for (InetAddress address : InetAddress.getAllByName(target.getHost())) check(target.getHost(), address);
        HttpRequest request = HttpRequest.newBuilder(target).timeout(ANSWER).header("Content-Type", "application/json").header("User-Agent", "ifbus")
                .POST(HttpRequest.BodyPublishers.ofByteArray(json)).build();
        try {
            return client().send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** A name that the operator allowed may come to mean an inner address; a cloud's metadata service (169.254.0.0/16) is never a callback. */
    private static void check(String host, InetAddress address) throws IOException {
        if (address.isAnyLocalAddress() || address.isMulticastAddress() || address.isLinkLocalAddress()) {
            throw new IOException(host + " is " + address.getHostAddress() + ", where no callback can be");
        }
        boolean named = host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
        if (address.isLoopbackAddress() && !named)
            throw new IOException(host + " is this machine; allow 127.0.0.1 or localhost by name if that is meant");
    }

    @Override
    public synchronized void close() {
        if (client != null) client.shutdownNow();
    }

    private synchronized HttpClient client() {
        HttpClient made = client;
        if (made == null) {
            made = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER).connectTimeout(CONNECT)
                    .build();
            client = made;
        }
        return made;
    }
}
