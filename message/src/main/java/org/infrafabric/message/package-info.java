/** IFMessage: what agents and the bus say to each other, its canonical form, identities and signatures. */
@NullMarked
package org.infrafabric.message;

import org.jspecify.annotations.NullMarked;
