/** Scripted softphones over real SIP and RTP, for the demo and for trying things. */
@NullMarked
package org.infrafabric.phones;

import org.jspecify.annotations.NullMarked;
