package io.ekiden.standalone;

/// Ends a command: the user reads one line and a script reads the exit code.
final class CommandFailure extends Exception {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    private CommandFailure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    static CommandFailure usage(String message) {
        return new CommandFailure(ExitCode.USAGE, message);
    }

    static CommandFailure failed(String message) {
        return new CommandFailure(ExitCode.FAILED, message);
    }

    static CommandFailure portBusy(String message) {
        return new CommandFailure(ExitCode.PORT_BUSY, message);
    }

    int exitCode() {
        return exitCode;
    }
}
