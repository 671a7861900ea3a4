/** Session descriptions (RFC 8866) and offer/answer (RFC 3264). */
@NullMarked
package org.infrafabric.sdp;

import org.jspecify.annotations.NullMarked;
