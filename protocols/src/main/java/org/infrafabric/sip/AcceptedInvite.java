package org.infrafabric.sip;

import java.util.Optional;
import org.infrafabric.time.Timers;

/** A 2xx of ours that waits for its ACK: {@link AnswerRetransmission} with its timer and its bytes. */
final class AcceptedInvite implements AnswerRetransmission.Out {
    private final Timers timers;
    private final ServerTransaction invite;
    private final byte[] answer;
    private final Runnable onUnconfirmed;
    private final AnswerRetransmission machine;
    private Optional<Timers.Timer> waking = Optional.empty();

    /** Sends the answer. */
    AcceptedInvite(Timers timers, ServerTransaction invite, byte[] answer, Runnable onUnconfirmed) {
        this.timers = timers;
        this.invite = invite;
        this.answer = answer;
        this.onUnconfirmed = onUnconfirmed;
        machine = new AnswerRetransmission(this);
        machine.start(timers.nowNanos());
    }

    /** Of the INVITE. */
    long number() { return invite.number(); }

    boolean confirmed() { return machine.confirmed(); }

    /** The ACK is there, or is not waited for any more. */
    void onAck() {
        machine.onAck();
        waking.ifPresent(Timers.Timer::cancel);
    }

    @Override
    public void sendAnswer() { invite.respond(200, answer); }

    @Override
    public void wakeAt(long dueNanos) { waking = Optional.of(timers.at(dueNanos, () -> machine.onWake(timers.nowNanos()))); }

    @Override
    public void unconfirmed() { onUnconfirmed.run(); }
}
