package io.ekiden.standalone;

/// The exit codes of the launcher, which scripts rely on.
final class ExitCode {
    static final int ENDED_AS_ASKED = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int PORT_BUSY = 3;
    static final int NOT_HEALTHY = 4;

    private ExitCode() {}
}
