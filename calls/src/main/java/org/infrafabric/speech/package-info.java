/** Text to audio: prompts and briefings, through a port with several fillings. */
@NullMarked
package org.infrafabric.speech;

import org.jspecify.annotations.NullMarked;
