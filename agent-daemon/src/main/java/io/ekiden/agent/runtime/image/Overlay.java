package io.ekiden.agent.runtime.image;

import io.ekiden.agent.runtime.WorkDir;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The layer that a container writes to: laid over its image, where the machine can do that, else a
/// copy of it.
final class Overlay {
    private static final String TRIAL =
            "mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work overlay merged";

    private Overlay() {}

    /// Tries it out, in mounts of its own.
    static boolean works(Path root) {
        try {
            var trial = Files.createTempDirectory(root, "overlay");
            for (var part : List.of("lower", "upper", "work", "merged")) {
                Files.createDirectory(trial.resolve(part));
            }
            boolean works =
                    fails(trial, List.of("unshare", "--mount", "/bin/sh", "-c", TRIAL)).isEmpty();
            WorkDir.delete(trial);
            return works;
        } catch (IOException e) {
            return false;
        }
    }

    static void copy(Path from, Path to) throws IOException {
        var problem =
                fails(from, List.of("cp", "-a", "--reflink=auto", from.toString(), to.toString()));
        if (!problem.isEmpty()) {
            throw new IOException("its image cannot be copied: " + problem);
        }
    }

    /// What it says when it fails.
    private static String fails(Path folder, List<String> command) throws IOException {
        var process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                        .redirectErrorStream(true)
                        .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            return process.waitFor() == 0 ? "" : command.getFirst() + " failed: " + said.strip();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
