/** The SIP core: messages, transactions, dialogs, user agent, signed headers. */
@NullMarked
package org.infrafabric.sip;

import org.jspecify.annotations.NullMarked;
