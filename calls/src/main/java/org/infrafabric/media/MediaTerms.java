package org.infrafabric.media;

import java.util.List;
import org.infrafabric.media.AudioPort.Encoding;

/**
 * What holds for all ports of an engine.
 *
 * @param encodings that they speak, best first
 * @param silenceNanos after which a peer that sends nothing is taken for dead; 0: never
 */
record MediaTerms(List<Encoding> encodings, long silenceNanos) {}
