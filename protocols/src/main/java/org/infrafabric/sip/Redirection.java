package org.infrafabric.sip;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Where a 3xx sends us, RFC 3261 §8.1.3.4, §20.10. */
final class Redirection {
    /** More targets than these are not tried: each may ring somebody for its whole time. */
    private static final int MAX_TARGETS = 3;

    private Redirection() {}

    private record Target(String uri, double preference) {}

    /** The Contacts of a 3xx that are sip: URIs, the most preferred first, each once. */
    static List<String> targets(SipMessage response) {
        List<Target> targets = new ArrayList<>();
        for (String header : response.headers(HeaderName.CONTACT)) {
            try {
                for (NameAddr contact : NameAddr.list(header)) {
                    if (!contact.uri().toLowerCase(Locale.ROOT).startsWith("sip:")) continue;
                    SipUri.parse(contact.uri());
                    targets.add(new Target(contact.uri(), preference(contact.params().getOrDefault("q", "1"))));
                }
            } catch (IllegalArgumentException e) {
                continue; // the others may do
            }
        }
        targets.sort(Comparator.comparingDouble(Target::preference).reversed());
        return targets.stream().map(Target::uri).distinct().limit(MAX_TARGETS).toList();
    }

    private static double preference(String q) { return q.matches("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?") ? Double.parseDouble(q) : 0; }
}
