package org.infrafabric.witness;

/**
 * A blob beside the log, as it was handed in.
 *
 * @param seq the entry that names it
 */
public record StoredBlob(String id, long seq, String mediaType, byte[] bytes) {}
