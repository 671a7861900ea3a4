package org.infrafabric.escalate;

/** What can be said to a party; {@link Briefing} has the words. */
enum Phrase {
    /** To an expert who has answered: who is calling; 1 accepts, 2 declines. */
    ACCEPT,
    /** The same to a guardian. */
    JOIN,
    /** Somebody else was quicker. */
    TAKEN,
    /** After 2, or after silence. */
    DECLINED,
    /** The whole case, to the expert who has accepted. */
    BRIEFING,
    /** To the expert while the guardians gather. */
    WAIT,
    /** To the expert who decides alone: 1 approves, 2 rejects. */
    DECIDE,
    /** The case in short, to a guardian who has joined before voting opened. */
    SUMMARY,
    /** The case in short and the keys, to one who joins while voting is open. */
    LATE_SUMMARY,
    /** To a guardian who is there already: voting is open, and the keys. */
    OPEN,
    /** To the expert: the council is open, speak. */
    TALK,
    /** What the bus took a digit for. */
    APPROVED, REJECTED, ABSTAINED, WITHDRAWN,
    /** How it ended. */
    OUTCOME;

    /** The line is cut when this was said. */
    boolean last() { return this == TAKEN || this == DECLINED || this == OUTCOME; }
}
