package org.infrafabric.phones;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.sip.Endpoint;

/**
 * What a phone is told about itself.
 *
 * @param name its user part, such as {@code expert-safety}: {@code [A-Za-z0-9._-]{1,64}}
 * @param listen where it takes calls; port 0 takes a free one. Its URI names the first
 * @param busKey the bus's public key: calls that claim to be an escalation's are then checked, shown as genuine or refused (CONTRACT §4).
 *            Empty: the claim is neither believed nor refused
 * @param keep a WAV file for what it hears; the second call's goes to {@code name-2.wav}, and so on
 */
public record PhoneSettings(String name, List<Endpoint> listen, Optional<VerifyKey> busKey, Optional<Path> keep) {
    public PhoneSettings {
        if (!name.matches("[A-Za-z0-9._-]{1,64}"))
            throw new IllegalArgumentException("a phone's name has letters, digits, dot, dash and underscore only: '" + name + "'");
        listen = List.copyOf(listen);
        if (listen.isEmpty()) throw new IllegalArgumentException("a phone needs an address to listen on, such as udp:127.0.0.1:0");
        if (listen.stream().anyMatch(endpoint -> endpoint.address().getAddress().isAnyLocalAddress()))
            throw new IllegalArgumentException("a phone must listen on an address that others can call, not on all of them");
    }

    /** On a free port of loopback, UDP. */
    public static PhoneSettings named(String name) {
        return new PhoneSettings(name, List.of(Endpoint.parse("udp:127.0.0.1:0")), Optional.empty(), Optional.empty());
    }

    public PhoneSettings listening(Endpoint... endpoints) { return new PhoneSettings(name, List.of(endpoints), busKey, keep); }

    public PhoneSettings trusting(VerifyKey bus) { return new PhoneSettings(name, listen, Optional.of(bus), keep); }

    public PhoneSettings keeping(Path file) { return new PhoneSettings(name, listen, busKey, Optional.of(file)); }
}
