package io.ekiden.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// One run of `./ekiden`, as a user starts it, with what it says on its two streams so far.
final class Launcher implements AutoCloseable {
    static final Path ROOT = root();

    private static final int PATIENCE_SECONDS = 90;

    private final Process process;
    private final List<String> results = new CopyOnWriteArrayList<>();
    private final List<String> remarks = new CopyOnWriteArrayList<>();
    private final List<Thread> readers;

    private Launcher(Process process) {
        this.process = process;
        // Not virtual: reading a pipe blocks the carrier, and on two cores there are two of them.
        this.readers =
                List.of(
                        Thread.ofPlatform()
                                .daemon()
                                .start(() -> read(process.getInputStream(), results)),
                        Thread.ofPlatform()
                                .daemon()
                                .start(() -> read(process.getErrorStream(), remarks)));
    }

    static Launcher start(Path directory, List<String> args) throws IOException {
        var command = new ArrayList<String>();
        if (System.getProperty("os.name").equals("Linux")) {
            // A build that runs in the background ignores SIGINT, and so would all that it starts.
            command.addAll(List.of("env", "--default-signal=INT"));
        }
        command.add(ROOT.resolve("ekiden").toString());
        command.addAll(args);
        var builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // The build that runs this test has just made the jar.
        builder.environment().put("EKIDEN_BUILD", "never");
        return new Launcher(builder.start());
    }

    /// Runs to the end.
    static Launcher run(Path directory, List<String> args) throws Exception {
        var launcher = start(directory, args);
        launcher.awaitEnd();
        return launcher;
    }

    /// Lines on stdout.
    List<String> results() {
        return List.copyOf(results);
    }

    /// Lines on stderr.
    List<String> remarks() {
        return List.copyOf(remarks);
    }

    long pid() {
        return process.pid();
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /// @param name such as `INT`
    void signal(String name) throws IOException, InterruptedException {
        var kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
        if (kill.waitFor() != 0) {
            throw new IllegalStateException("cannot send " + name + " to " + pid());
        }
    }

    /// The exit code.
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("has not ended; it said " + remarks);
        }
        for (var reader : readers) {
            reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static void read(InputStream stream, List<String> lines) {
        try (var reader =
                new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            reader.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException e) {
            lines.add("(stream closed: " + e.getMessage() + ")");
        }
    }

    private static Path root() {
        var folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("ekiden"))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
