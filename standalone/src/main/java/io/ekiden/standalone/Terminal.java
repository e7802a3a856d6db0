package io.ekiden.standalone;

import java.io.PrintStream;

/// The two streams of the command line: results on stdout, one line each, for scripts; progress on
/// stderr, for people. On a terminal the last line of progress is rewritten in place.
final class Terminal {
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintStream out;
    private final PrintStream err;
    private final boolean rewrites;
    private String status = "";

    Terminal(PrintStream out, PrintStream err, boolean rewrites) {
        this.out = out;
        this.err = err;
        this.rewrites = rewrites;
    }

    /// @param rewrites whether stderr is a terminal, which only the launcher can tell
    static Terminal ofProcess(boolean rewrites) {
        return new Terminal(System.out, System.err, rewrites);
    }

    /// A result.
    synchronized void result(String line) {
        clear();
        out.println(line);
        out.flush();
    }

    /// Something that a person should still be able to read later.
    synchronized void say(String line) {
        clear();
        err.println("ekiden: " + line);
        err.flush();
    }

    /// What goes on now; said only when it differs from what was said before.
    synchronized void progress(String line) {
        if (line.equals(status)) {
            return;
        }
        clear();
        status = line;
        if (rewrites) {
            err.print("ekiden: " + line);
        } else {
            err.println("ekiden: " + line);
        }
        err.flush();
    }

    private void clear() {
        if (rewrites && !status.isEmpty()) {
            err.print(CLEAR_LINE);
        }
        status = "";
    }
}
