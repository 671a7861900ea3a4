package org.infrafabric.witness;

/** The log on the disk is not what this node wrote: nothing may be added to it. {@code ifbus witness verify} says where. */
public final class BrokenLog extends RuntimeException {
    private static final long serialVersionUID = 1;

    public BrokenLog(String message) { super(message); }
}
