package org.infrafabric.sip;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.function.Consumer;

/** Finds a host's address. Called on the owner's thread, which it must not block. */
public interface HostResolver {
    /** Gives the first address of {@code host}, or empty when there is none; once, on any thread. */
    void resolve(String host, Consumer<Optional<InetAddress>> found);

    /** The operating system's resolver, on virtual threads. */
    static HostResolver system() {
        return (host, found) -> Thread.startVirtualThread(() -> {
            Optional<InetAddress> address;
            try {
                address = Optional.of(InetAddress.getByName(host));
            } catch (UnknownHostException e) {
                address = Optional.empty();
            }
            found.accept(address);
        });
    }
}
