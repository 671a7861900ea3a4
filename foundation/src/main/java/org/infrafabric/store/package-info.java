/** Kept state: SQLite in WAL mode, one writer, group commit. */
@NullMarked
package org.infrafabric.store;

import org.jspecify.annotations.NullMarked;
