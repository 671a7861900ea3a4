package org.infrafabric.cli;

/** What the command's exit says (CONTRACT §1). */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int REJECTED = 3;
    static final int DENIED = 4;
    static final int NOBODY = 5;
    static final int LOG_BROKEN = 6;
    static final int NO_SERVER = 7;
    static final int WITH_CONDITIONS = 8;
    static final int REFUSED = 9;
    static final int NOT_REQUIRED = 10;

    private ExitCode() {}
}
