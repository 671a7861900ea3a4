package org.infrafabric.call;

import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.infrafabric.media.AudioBridge;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.time.Timers;
import org.infrafabric.witness.Witness;

/**
 * What call control is built from.
 *
 * @param permit asked anew for each phone that is to ring
 * @param bridges opens an empty bridge; throws {@link IllegalStateException} when none can be had
 * @param store of the log; what ends the legs after a restart is kept in it
 * @param owner the one thread that all calls belong to; {@code timers} run on it
 * @param random for ids
 * @param maxCalls open at once
 */
public record CallParts(Dialer dialer, Supplier<AudioBridge> bridges, CallPermit permit, Witness witness, SqliteStore store,
        Executor owner, Timers timers,
        RandomGenerator random, int maxCalls) {}
