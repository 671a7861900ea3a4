package org.infrafabric.server;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.infrafabric.escalate.Escalations;
import org.infrafabric.sip.EdgeCheck;

/**
 * What the HTTP API needs from the rest of the bus.
 *
 * @param guard in force, and how another takes its place
 * @param edge for edge proxies that ask
 * @param keys the keys of this bus, newest last
 * @param calls who is on the line, and what operators do with them
 * @param ready false while starting and draining: {@code /readyz} says 503
 */
public record HttpParts(Escalations escalations, LogReader log, Credentials credentials, LiveGuard guard, EdgeCheck edge,
        Supplier<List<PublishedKey>> keys,
        CallDesk calls, Metrics metrics, BooleanSupplier ready) {}
