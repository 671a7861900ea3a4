package org.infrafabric.call;

import org.infrafabric.media.AudioPort;

/** One party's signalling and media. Belongs to one owner thread, on which all methods and the listener are called. */
public interface Leg {
    /** Unique, in the protocol's own terms (SIP: the Call-ID). */
    String id();

    /** All that is needed to end this leg after a restart. Changes when it is answered: keep it before {@link #dial()}, and again then. */
    String resumeToken();

    AudioPort audio();

    /** Sends the INVITE. Once. */
    void dial();

    /** Ends the leg in whatever way its state asks for (CANCEL, BYE). Does nothing on one that has ended. {@code reason} is for people and goes into the Reason header. */
    void hangUp(String reason);

    /**
     * Puts the party on hold: it is told that nobody listens to it. Its own hold of us is another matter.
     *
     * @return false when it has no effect: not answered yet, over, or the protocol knows no hold
     */
    default boolean hold() { return false; }

    /** Takes the party off hold. As {@link #hold}. */
    default boolean resume() { return false; }

    /**
     * Gives an answered leg's sound to another port, and its news to another listener: it goes on in another conference. The old port is whoever opened it's to
     * close.
     *
     * @return false when it has no effect: not answered yet, over, or the protocol cannot
     */
    default boolean move(AudioPort to, Listener listener) { return false; }

    /** What happens to a leg. After {@link #onEnded} nothing more comes. */
    interface Listener {
        /**
         * The leg is about to send another INVITE in place of the last: it was challenged, sent elsewhere, or refused over one transport. Its resume token is
         * another from now on.
         *
         * @param kept to be run when that token is safe; nothing is sent before
         */
        default void onTokenChanged(Leg leg, Runnable kept) { kept.run(); }

        /** The phone rings: the first 18x, with its status. */
        void onRinging(Leg leg, int status);

        /** Answered; audio is connected. */
        void onAnswered(Leg leg);

        /** Ended, whoever ended it; exactly once for each leg that was dialled or answered. */
        void onEnded(Leg leg, LegEnd end);
    }
}
