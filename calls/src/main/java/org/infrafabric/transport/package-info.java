/** Sockets on the event loops. */
@NullMarked
package org.infrafabric.transport;

import org.jspecify.annotations.NullMarked;
