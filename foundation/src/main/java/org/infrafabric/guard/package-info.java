/** Policy: who may be called about what, how often, and what needs people at all. Fails closed. */
@NullMarked
package org.infrafabric.guard;

import org.jspecify.annotations.NullMarked;
