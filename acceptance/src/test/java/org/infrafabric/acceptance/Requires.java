package org.infrafabric.acceptance;

import static org.assertj.core.api.Assertions.fail;

import org.infrafabric.testkit.Peer;
import org.junit.jupiter.api.Assumptions;

/** The programs a test needs. Without them it skips, saying so; with CI=true that is a failure. */
final class Requires {
    private Requires() {}

    static void programs(String... names) {
        for (String name : names) {
            if (Peer.installed(name)) continue;
            if ("true".equals(System.getenv("CI"))) fail(name + " is not installed, and with CI=true no test may be skipped: ./check installs it");
            Assumptions.abort(name + " is not installed: ./check installs it");
        }
    }
}
