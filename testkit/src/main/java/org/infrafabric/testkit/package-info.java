/** What a test needs to judge ifbus from outside: launchers of real peers, and ears. */
@NullMarked
package org.infrafabric.testkit;

import org.jspecify.annotations.NullMarked;
