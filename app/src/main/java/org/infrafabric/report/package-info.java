/** One escalation told to somebody who was not there: the page, and the plain words for what entries hold. */
@NullMarked
package org.infrafabric.report;

import org.jspecify.annotations.NullMarked;
