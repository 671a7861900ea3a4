/** The client for agents, on any Java from 17. */
@NullMarked
package org.infrafabric.client;

import org.jspecify.annotations.NullMarked;
