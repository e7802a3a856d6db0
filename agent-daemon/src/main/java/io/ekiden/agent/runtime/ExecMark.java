package io.ekiden.agent.runtime;

import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// A variable in the environment of a command that somebody runs in a task, by which all that it
/// started is found again.
public record ExecMark(String id) {
    public static final String NAME = "EKIDEN_EXEC_ID";

    private static final int ROUNDS = 50;
    private static final long ROUND_MS = 20;

    /// So many rounds between SIGHUP and SIGKILL.
    private static final int PATIENT_ROUNDS = 15;

    public static ExecMark random() {
        return new ExecMark(UUID.randomUUID().toString());
    }

    /// As it stands in the environment.
    public String entry() {
        return NAME + "=" + id;
    }

    /// SIGHUP to all that has the mark on this machine, and soon SIGKILL, until nothing is left.
    /// What this process may not look at, it does not see.
    ///
    /// @return whether there was anything
    public boolean end() {
        return end(List::of);
    }

    /// @param others that are known to belong to it
    boolean end(Supplier<List<Long>> others) {
        var left = left(others);
        if (left.isEmpty()) {
            return false;
        }
        Processes.hangUp(left);
        for (int round = 0; round < ROUNDS && !left.isEmpty(); round++) {
            pause();
            left = left(others);
            if (round >= PATIENT_ROUNDS) {
                left.forEach(Processes::kill);
            }
        }
        return true;
    }

    private List<Long> left(Supplier<List<Long>> others) {
        return Stream.concat(others.get().stream(), Processes.with(entry()).stream())
                .distinct()
                .toList();
    }

    private static void pause() {
        try {
            Thread.sleep(ROUND_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
