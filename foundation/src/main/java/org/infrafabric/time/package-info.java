/** Clocks and timers, passed in: real ones, and one driven by hand. */
@NullMarked
package org.infrafabric.time;

import org.jspecify.annotations.NullMarked;
