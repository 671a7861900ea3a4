/** RTP, codecs, jitter buffer, DTMF and the N-1 mixer, on loops of their own. */
@NullMarked
package org.infrafabric.media;

import org.jspecify.annotations.NullMarked;
