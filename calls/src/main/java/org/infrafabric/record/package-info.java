/** Recordings of calls: the mix and a track a party. */
@NullMarked
package org.infrafabric.record;

import org.jspecify.annotations.NullMarked;
