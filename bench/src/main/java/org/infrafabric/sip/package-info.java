/** Load drivers that belong to the room they measure: what they drive need not be public for their sake. */
@NullMarked
package org.infrafabric.sip;

import org.jspecify.annotations.NullMarked;
