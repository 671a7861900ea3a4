package org.infrafabric.sip;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;

/** Finds a host's address. Called on the owner's thread; must not block it, and may complete on any thread. */
public interface HostResolver {
    /** The first address of {@code host}, or a failure saying that there is none. */
    CompletableFuture<InetAddress> resolve(String host);

    /** The operating system's resolver, on virtual threads. */
    static HostResolver system() {
        return host -> {
            CompletableFuture<InetAddress> found = new CompletableFuture<>();
            Thread.startVirtualThread(() -> {
                try {
                    found.complete(InetAddress.getByName(host));
                } catch (UnknownHostException e) {
                    found.completeExceptionally(e);
                }
            });
            return found;
        };
    }
}
