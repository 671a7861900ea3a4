/** Reads the config, builds everything, serves HTTP, metrics and the dashboard. */
@NullMarked
package org.infrafabric.server;

import org.jspecify.annotations.NullMarked;
