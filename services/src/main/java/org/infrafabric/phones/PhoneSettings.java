package org.infrafabric.phones;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.infrafabric.sip.Endpoint;
import org.infrafabric.sip.EscalationHeaders;

/**
 * What a phone is told about itself.
 *
 * @param name its user part, such as {@code expert-safety}: {@code [A-Za-z0-9._-]{1,64}}
 * @param listen where it takes calls; port 0 takes a free one. Its URI names the first
 * @param headers checks the signed headers of the bus's calls, so that it knows a real one; {@link EscalationHeaders#none()} for a phone without the
 *            bus's key
 * @param keep a WAV file for what it hears; the second call's goes to {@code name-2.wav}, and so on
 */
public record PhoneSettings(String name, List<Endpoint> listen, EscalationHeaders headers, Optional<Path> keep) {
    public PhoneSettings {
        if (!name.matches("[A-Za-z0-9._-]{1,64}"))
            throw new IllegalArgumentException("a phone's name has letters, digits, dot, dash and underscore only: '" + name + "'");
        listen = List.copyOf(listen);
        if (listen.isEmpty()) throw new IllegalArgumentException("a phone needs an address to listen on, such as udp:127.0.0.1:0");
    }

    /** On a free port of loopback, UDP. */
    public static PhoneSettings named(String name) {
        return new PhoneSettings(name, List.of(Endpoint.parse("udp:127.0.0.1:0")), EscalationHeaders.none(), Optional.empty());
    }

    public PhoneSettings listening(Endpoint... endpoints) { return new PhoneSettings(name, List.of(endpoints), headers, keep); }

    public PhoneSettings checking(EscalationHeaders other) { return new PhoneSettings(name, listen, other, keep); }

    public PhoneSettings keeping(Path file) { return new PhoneSettings(name, listen, headers, Optional.of(file)); }
}
