package org.infrafabric.guard;

/** A person who may be on a call of an escalation. */
public sealed interface Party permits Expert, Guardian {
    /** SIP URI; an expert's may be a pattern. */
    String uri();

    Accept accept();
}
