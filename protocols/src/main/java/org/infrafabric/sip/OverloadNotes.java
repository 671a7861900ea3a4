package org.infrafabric.sip;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operator and the log when new calls begin to be turned away, and when that is over. */
final class OverloadNotes implements Overload.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(OverloadNotes.class);

    private final SipJournal journal;

    OverloadNotes(SipJournal journal) { this.journal = journal; }

    @Override
    public void began(long lateNanos, double fullness) {
        String why = String.format(Locale.ROOT, "%d ms late, %.0f %% of the room for transactions taken up", lateNanos / 1_000_000, 100 * fullness);
        LOG.warn("SIP cannot keep up ({}): new calls are turned away with 503; calls that stand go on. If it lasts, send fewer here or add a node",
                why);
        journal.overload(true, why);
    }

    @Override
    public void ended(long turnedAway) {
        LOG.info("SIP keeps up again; {} requests were turned away", turnedAway);
        journal.overload(false, turnedAway + " requests were turned away");
    }
}
