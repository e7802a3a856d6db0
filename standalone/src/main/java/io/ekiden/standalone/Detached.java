package io.ekiden.standalone;

import java.io.BufferedReader;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// `up --detach`: the same command runs in a process of its own, in its own session where the
/// system has `setsid`; its lines are passed on until it says that it is done.
final class Detached {
    static final String CHILD_OPTION = "--detached-child";

    /// Begins the line with which the child hands over its exit code; no result begins like this.
    private static final String DONE = "\u0004";

    private final Terminal terminal;

    Detached(Terminal terminal) {
        this.terminal = terminal;
    }

    /// @param args of the command line, as the user gave them
    /// @return the child's exit code, as if it had run here
    int run(List<String> args) throws IOException, InterruptedException {
        var process =
                new ProcessBuilder(commandLine(args)).redirectInput(new File("/dev/null")).start();
        var stderr = Thread.ofPlatform().start(() -> passOn(process.getErrorStream()));
        try (var lines = reader(process.getInputStream())) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(DONE)) {
                    stderr.join();
                    return Integer.parseInt(line.substring(DONE.length()));
                }
                terminal.result(line);
            }
        }
        stderr.join();
        return process.waitFor();
    }

    /// In the child: nothing more will be said. Frees the parent's pipes, so that whoever reads the
    /// parent's output sees its end.
    static void done(int exitCode) {
        System.out.println(DONE + exitCode);
        System.out.flush();
        System.err.flush();
        release(FileDescriptor.out);
        release(FileDescriptor.err);
    }

    /// Java puts the null device in the place of a closed standard stream.
    private static void release(FileDescriptor standardStream) {
        try (var stream = new FileOutputStream(standardStream)) {
            stream.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void passOn(InputStream stream) {
        try (var lines = reader(stream)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                terminal.say(line.replaceFirst("^ekiden: ", ""));
            }
        } catch (IOException e) {
            terminal.say("cannot read what the background process says: " + e.getMessage());
        }
    }

    private static BufferedReader reader(InputStream stream) {
        return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }

    private static List<String> commandLine(List<String> args) {
        var command = new ArrayList<String>();
        command.add(Files.isExecutable(Path.of("/usr/bin/setsid")) ? "/usr/bin/setsid" : "nohup");
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        var classPath = System.getProperty("java.class.path");
        if (classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)) {
            command.addAll(List.of("-jar", classPath));
        } else {
            command.addAll(List.of("-cp", classPath, StandaloneMain.class.getName()));
        }
        command.addAll(args);
        command.add(CHILD_OPTION);
        return command;
    }
}
