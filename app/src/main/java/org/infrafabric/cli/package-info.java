/** The ifbus command. */
@NullMarked
package org.infrafabric.cli;

import org.jspecify.annotations.NullMarked;
