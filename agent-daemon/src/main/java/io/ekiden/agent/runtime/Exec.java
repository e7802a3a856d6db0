package io.ekiden.agent.runtime;

import java.io.IOException;
import java.util.List;

/// A command that somebody runs in a task's surroundings: as its user, in its directory, with its
/// environment and within its limits. It ends with the task, and when this is closed; then nothing
/// is left of what it started, also of what it left behind.
public interface Exec extends AutoCloseable {

    /// @param command program and arguments; no shell looks at them
    /// @param stdin whether there will be input
    /// @param tty whether it has a terminal, on which errors are among the output
    record Wanted(List<String> command, boolean stdin, boolean tty) {
        public Wanted {
            command = List.copyOf(command);
        }
    }

    /// Whether a command was begun.
    sealed interface Begun {
        record Done(Exec exec) implements Begun {}

        record Failed(String why) implements Begun {}
    }

    /// Takes what the command writes, and the time that it wants for it.
    interface Output {
        /// @param error whether it was written to stderr
        void take(boolean error, byte[] bytes, int length) throws IOException;
    }

    /// Waits until the command takes it.
    ///
    /// @throws IOException when the command takes no more
    void input(byte[] bytes) throws IOException;

    /// No more input will come.
    void endInput();

    /// Of its terminal, if it has one. May block for a moment.
    void resize(int columns, int rows);

    /// Hands on the output until the command has ended. To be called once.
    ///
    /// @return the exit code, as a shell says it
    /// @throws IOException when nothing more can be known of the command
    int run(Output output) throws IOException, InterruptedException;

    /// Ends what still runs. Blocks for a moment; from any thread.
    @Override
    void close();
}
