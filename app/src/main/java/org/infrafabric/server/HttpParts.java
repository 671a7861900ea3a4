package org.infrafabric.server;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.infrafabric.escalate.Escalations;
import org.infrafabric.sip.EdgeCheck;

/**
 * What the HTTP API needs from the rest of the bus.
 *
 * @param guard in force, and how another takes its place
 * @param hazards that messages may name
 * @param edge for edge proxies that ask
 * @param keys the keys of this bus, newest last
 * @param calls who is on the line, and what operators do with them
 * @param lag how late the loop is that owns calls and escalations: when it is too late, no new escalation is taken
 * @param unready why no work is taken now, for people; {@code /readyz} says it with 503. Empty when work is taken
 */
public record HttpParts(Escalations escalations, LogReader log, Credentials credentials, LiveGuard guard, List<String> hazards, EdgeCheck edge,
        Supplier<List<PublishedKey>> keys,
        CallDesk calls, Metrics metrics, Supplier<Optional<String>> unready, Supplier<Duration> lag) {}
