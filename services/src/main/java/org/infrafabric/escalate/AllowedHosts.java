package org.infrafabric.escalate;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The operator's list of hosts that decisions go to and evidence comes from (CONTRACT §3). */
final class AllowedHosts {
    private AllowedHosts() {}

    /** Why this URI cannot be used; empty when it can. {@code what}: its name in the answer. */
    static Optional<String> unfit(String what, String uri, Set<String> allowed) {
        try {
            URI parsed = new URI(uri);
            String scheme = parsed.getScheme() == null ? "" : parsed.getScheme().toLowerCase(Locale.ROOT);
            if (!scheme.equals("http") && !scheme.equals("https")) return Optional.of(what + " is an http or https URL");
            if (parsed.getHost() == null || parsed.getUserInfo() != null) return Optional.of(what + " names a host, and no user");
            String host = parsed.getHost().toLowerCase(Locale.ROOT);
            boolean listed = allowed.contains(host) || parsed.getPort() >= 0 && allowed.contains(host + ":" + parsed.getPort());
            return listed ? Optional.empty() : Optional.of("its host is not in the list of allowed callback hosts");
        } catch (URISyntaxException e) {
            return Optional.of(what + " is no URL");
        }
    }
}
