package io.ekiden.agent.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/// A command of somebody's in the surroundings of a native task. What it started is found by its
/// mark and by its ancestors; what sheds both lives as long as the task.
final class NativeExec implements Exec {
    private static final int PIECE = 32 << 10;
    private static final byte[] END_OF_INPUT = {4};
    private final Process process;
    private final ExecMark mark;
    private final Optional<Pty> terminal;

    private NativeExec(Process process, ExecMark mark, Optional<Pty> terminal) {
        this.process = process;
        this.mark = mark;
        this.terminal = terminal;
    }

    /// @param builder of a shell that evaluates what it reads until a line that is the mark
    /// @param script becomes the command
    static NativeExec begin(
            ProcessBuilder builder, ExecMark mark, Optional<Pty> terminal, String script)
            throws IOException {
        builder.environment().put(ExecMark.NAME, mark.id());
        var exec = new NativeExec(builder.start(), mark, terminal);
        var whole = terminal.map(tty -> opening(tty) + script).orElse(script) + mark.id() + "\n";
        try {
            exec.write(exec.process.getOutputStream(), whole.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It has ended already, and says why in its output.
        }
        return exec;
    }

    /// The first terminal that the leader of a session opens becomes the session's.
    private static String opening(Pty terminal) {
        return "exec < %1$s > %1$s 2>&1\n".formatted(LaunchScript.quoted(terminal.path()));
    }

    /// What such a shell is to evaluate.
    static String reading(ExecMark mark) {
        return "t=; while IFS= read -r l && [ \"$l\" != %s ]; do t=\"$t$l\n\"; done; eval \"$t\""
                .formatted(mark.id());
    }

    private void write(OutputStream to, byte[] bytes) throws IOException {
        to.write(bytes);
        to.flush();
    }

    @Override
    public void input(byte[] bytes) throws IOException {
        if (terminal.isPresent()) {
            terminal.get().write(bytes);
        } else {
            write(process.getOutputStream(), bytes);
        }
    }

    @Override
    public void endInput() {
        try {
            if (terminal.isPresent()) {
                terminal.get().write(END_OF_INPUT);
            } else {
                process.getOutputStream().close();
            }
        } catch (IOException e) {
            // It has ended, or reads no more.
        }
    }

    @Override
    public void resize(int columns, int rows) {
        terminal.ifPresent(tty -> tty.resize(columns, rows));
    }

    @Override
    public int run(Output output) throws IOException, InterruptedException {
        var readers = new ArrayList<CompletableFuture<Void>>();
        readers.add(reading(process.getInputStream()::read, false, output));
        readers.add(reading(process.getErrorStream()::read, true, output));
        terminal.ifPresent(tty -> readers.add(reading(tty::read, false, output)));
        int status = process.waitFor();
        // Also what it left behind has the far end of its output open.
        endAll();
        terminal.ifPresent(Pty::noMore);
        for (var reader : readers) {
            try {
                reader.get();
            } catch (ExecutionException e) {
                throw new IOException(e.getCause());
            }
        }
        return status;
    }

    private interface Source {
        int read(byte[] into) throws IOException;
    }

    private static CompletableFuture<Void> reading(Source from, boolean error, Output to) {
        var done = new CompletableFuture<Void>();
        var _ =
                Thread.ofPlatform()
                        .name("exec-output")
                        .daemon()
                        .start(() -> {
                            try {
                                copy(from, error, to);
                                done.complete(null);
                            } catch (IOException | RuntimeException e) {
                                done.completeExceptionally(e);
                            }
                        });
        return done;
    }

    private static void copy(Source from, boolean error, Output to) throws IOException {
        var piece = new byte[PIECE];
        for (int length = from.read(piece); length >= 0; length = from.read(piece)) {
            to.take(error, piece, length);
        }
    }

    @Override
    public void close() {
        terminal.ifPresent(Pty::close);
        endAll();
        closeQuietly(process.getInputStream());
        closeQuietly(process.getErrorStream());
    }

    private static void closeQuietly(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            // Nobody reads it any more.
        }
    }

    private void endAll() {
        var _ = mark.end(this::descendants);
    }

    private List<Long> descendants() {
        return Stream.concat(
                        process.descendants().map(ProcessHandle::pid),
                        Stream.of(process).filter(Process::isAlive).map(Process::pid))
                .toList();
    }
}
