package org.infrafabric.witness;

/**
 * What a log is called.
 *
 * @param origin in checkpoints, wherever they turn up: {@code DOMAIN/NODE}
 * @param node in its entries
 */
public record LogName(String origin, String node) {
    public LogName {
        if (!NoteKey.isName(origin)) throw new IllegalArgumentException("a log's origin has no spaces and no plus, and at most 255 characters");
    }

    /** The name of a node's log. Throws {@link IllegalArgumentException} for a node name that is not 1–64 of {@code A-Z a-z 0-9 . _ : -}. */
    public static LogName of(String domain, String node) {
        return new LogName(domain + "/" + node, EntryForm.checkedNode(node));
    }
}
