package io.ekiden.standalone;

import io.ekiden.exec.ExecFrames.Size;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The user's terminal while what he types is for somebody else: each key goes there as it is, and
/// the terminal shows only what comes back. It is as it was before when this is closed, also when
/// the process is ended meanwhile.
final class RawTerminal implements AutoCloseable {
    private final String before;
    private final Thread atEnd = new Thread(this::restore);

    private RawTerminal(String before) {
        this.before = before;
    }

    /// @throws CommandFailure when stdin is no terminal
    static RawTerminal take() throws CommandFailure, InterruptedException {
        var before =
                stty("-g").orElseThrow(() -> CommandFailure.usage("-t needs a terminal as stdin"));
        var terminal = new RawTerminal(before.strip());
        Runtime.getRuntime().addShutdownHook(terminal.atEnd);
        stty("raw", "-echo");
        return terminal;
    }

    /// Empty when the terminal does not know its size.
    Optional<Size> size() throws InterruptedException {
        return stty("size")
                .map(text -> text.strip().split(" ", -1))
                .filter(sides -> sides.length == 2)
                .map(sides -> new Size(Integer.parseInt(sides[1]), Integer.parseInt(sides[0])))
                .filter(size -> size.columns() > 0 && size.rows() > 0);
    }

    private void restore() {
        try {
            stty(before);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        restore();
        Runtime.getRuntime().removeShutdownHook(atEnd);
    }

    /// Empty when it fails.
    private static Optional<String> stty(String... arguments) throws InterruptedException {
        try {
            var stty =
                    new ProcessBuilder(
                                    Stream.concat(Stream.of("stty"), Stream.of(arguments)).toList())
                            .redirectInput(Redirect.INHERIT)
                            .redirectError(Redirect.DISCARD)
                            .start();
            var text = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return stty.waitFor() == 0 ? Optional.of(text) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// @param changed called when the terminal has another size
    static void onResize(Runnable changed) {
        Signals.handle(List.of("WINCH"), _ -> changed.run());
    }
}
