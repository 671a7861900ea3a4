/** The way in for agents that speak the Model Context Protocol: three tools, over stdio or HTTP. */
@NullMarked
package org.infrafabric.mcp;

import org.jspecify.annotations.NullMarked;
