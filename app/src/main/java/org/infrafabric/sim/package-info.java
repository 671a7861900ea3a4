/** The whole bus on the virtual clock: real guard, log, escalations and conferences; people, phones, disk and callbacks come from a seed. */
@NullMarked
package org.infrafabric.sim;

import org.jspecify.annotations.NullMarked;
