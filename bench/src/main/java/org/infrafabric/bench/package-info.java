/** Load drivers: they measure a bus from outside and print what they found, whatever it is. */
@NullMarked
package org.infrafabric.bench;

import org.jspecify.annotations.NullMarked;
