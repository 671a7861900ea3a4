package org.infrafabric.escalate;

import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.infrafabric.call.Dialer;
import org.infrafabric.call.Tape;
import org.infrafabric.guard.Guard;
import org.infrafabric.media.AudioBridge;
import org.infrafabric.message.SigningKey;
import org.infrafabric.speech.Voice;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.time.Timers;
import org.infrafabric.witness.Witness;

/**
 * What an {@link EscalationDesk} is built from.
 *
 * @param settings see there
 * @param key the bus's, which signs decisions; asked for each time, since it may give way to another
 * @param witness the log, kept in {@code store}
 * @param guard asked anew for each message and call, so that a reload counts at once
 * @param dialer makes the calls, on the owner's thread
 * @param bridges opens an empty bridge
 * @param recorder begins a recording
 * @param courier brings decisions to callbacks; may block
 * @param owner the one thread that all escalations belong to; {@code timers} run on it
 * @param blocking for what may wait: parsing, signatures, the guard, reading the store, HTTP. Virtual threads in earnest
 * @param random for trace ids and the scatter of retries: unpredictable in earnest, seeded where a run has to repeat itself. Owner's thread
 */
public record DeskParts(DeskSettings settings, Supplier<SigningKey> key, SqliteStore store, Witness witness, Supplier<Guard> guard, Dialer dialer,
        Supplier<AudioBridge> bridges, Tape.Recorder recorder, Voice voice, Courier courier, Executor owner, Timers timers, Executor blocking,
        RandomGenerator random) {
    /** With a key that stays. */
    public DeskParts(DeskSettings settings, SigningKey key, SqliteStore store, Witness witness, Supplier<Guard> guard, Dialer dialer,
            Supplier<AudioBridge> bridges, Tape.Recorder recorder, Voice voice, Courier courier, Executor owner, Timers timers, Executor blocking,
            RandomGenerator random) {
        this(settings, () -> key, store, witness, guard, dialer, bridges, recorder, voice, courier, owner, timers, blocking, random);
    }
}
