package io.ekiden.agent.core;

import java.util.Map;
import java.util.Optional;

/// How a command's end is told, in the words that Mesos uses.
public final class ExitText {
    /// A shell gives the end by signal n as this plus n.
    private static final int SIGNALLED = 128;

    private static final Map<Integer, String> SIGNALS =
            Map.ofEntries(
                    Map.entry(1, "Hangup"),
                    Map.entry(2, "Interrupt"),
                    Map.entry(3, "Quit"),
                    Map.entry(4, "Illegal instruction"),
                    Map.entry(5, "Trace/breakpoint trap"),
                    Map.entry(6, "Aborted"),
                    Map.entry(7, "Bus error"),
                    Map.entry(8, "Floating point exception"),
                    Map.entry(9, "Killed"),
                    Map.entry(10, "User defined signal 1"),
                    Map.entry(11, "Segmentation fault"),
                    Map.entry(12, "User defined signal 2"),
                    Map.entry(13, "Broken pipe"),
                    Map.entry(14, "Alarm clock"),
                    Map.entry(15, "Terminated"),
                    Map.entry(24, "CPU time limit exceeded"),
                    Map.entry(25, "File size limit exceeded"),
                    Map.entry(31, "Bad system call"));

    private ExitText() {}

    /// @param status as a shell gives it: 128 + n for signal n
    public static String of(int status) {
        return signal(status)
                .map(name -> "Command terminated with signal " + name)
                .orElse("Command exited with status " + status);
    }

    private static Optional<String> signal(int status) {
        return Optional.ofNullable(SIGNALS.get(status - SIGNALLED));
    }
}
