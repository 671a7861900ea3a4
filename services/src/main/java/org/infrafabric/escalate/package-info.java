/** One escalation from message to signed decision: the state machine and what carries it out. */
@NullMarked
package org.infrafabric.escalate;

import org.jspecify.annotations.NullMarked;
