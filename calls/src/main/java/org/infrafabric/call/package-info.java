/** Legs, calls and conferences, whatever protocol carries them. */
@NullMarked
package org.infrafabric.call;

import org.jspecify.annotations.NullMarked;
