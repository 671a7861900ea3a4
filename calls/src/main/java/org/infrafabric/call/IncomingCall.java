package org.infrafabric.call;

import java.util.Optional;
import org.infrafabric.media.AudioPort;

/** A call that came in and waits for a decision. Owner's thread only. */
public interface IncomingCall {
    /** Who calls, a URI without parameters. */
    String from();

    /** Who is called. */
    String to();

    /** Where the request came from on the network, {@code host:port}. */
    String source();

    /** The escalation it belongs to, its signature already checked; empty for an ordinary call. */
    Optional<Provenance> provenance();

    /** Whether the caller has proven by a password that the call comes from {@link #from}. A signed call has proven more, and says so by its provenance. */
    default boolean authenticated() {
        return false;
    }

    /** Tells the caller that it rings (180). */
    void ring();

    /** Takes the call. The leg is already answered; {@code onAnswered} follows when the caller has confirmed (ACK). */
    Leg answer(AudioPort audio, Leg.Listener listener);

    void refuse(CallFailure why);

    /** Runs if the caller gives up (CANCEL) before we answered or refused. */
    void onCancelled(Runnable action);

    /** Who decides on calls that come in. */
    interface Receiver {
        void onIncoming(IncomingCall call);
    }
}
