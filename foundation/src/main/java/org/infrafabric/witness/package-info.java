/** The tamper-evident log: entries, chain, signatures, tree, checkpoints, cosignatures, blobs, verification, export. */
@NullMarked
package org.infrafabric.witness;

import org.jspecify.annotations.NullMarked;
