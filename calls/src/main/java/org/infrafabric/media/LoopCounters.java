package org.infrafabric.media;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** The counters of one engine; written by its loops, read by anybody. */
final class LoopCounters implements MediaCounters {
    final LongAdder received = new LongAdder();
    final LongAdder sent = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder late = new LongAdder();
    final AtomicLong inMix = new AtomicLong();

    @Override
    public long packetsReceived() { return received.sum(); }

    @Override
    public long packetsSent() { return sent.sum(); }

    @Override
    public long packetsRefused() { return refused.sum(); }

    @Override
    public long lateMixes() { return late.sum(); }

    @Override
    public long participants() { return inMix.get(); }
}
