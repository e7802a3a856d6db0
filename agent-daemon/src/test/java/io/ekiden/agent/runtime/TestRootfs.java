package io.ekiden.agent.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// An image of this machine's static busybox, unpacked as an agent keeps it, so that neither a
/// registry nor an engine is needed.
final class TestRootfs {
    static final String IMAGE = "ekiden-test:busybox";

    /// Of the image's name (SHA-256), under which an agent remembers where it is.
    private static final String NAME =
            "e3ead3374e7c5a7cebeeefada4cb74f68bd489cfed2952a8dbefd8bc1129506f";

    private static final Path BUSYBOX = Path.of("/bin/busybox");

    private TestRootfs() {}

    static void make(WorkDir work) {
        var images = work.root().resolve("images");
        var folder = images.resolve("sha256-0");
        try {
            var bin = Files.createDirectories(folder.resolve("rootfs/bin"));
            for (var name : List.of("dev", "etc", "proc", "root", "sys", "tmp")) {
                Files.createDirectories(folder.resolve("rootfs").resolve(name));
            }
            WorkDir.restrict(folder.resolve("rootfs/tmp"), "rwxrwxrwx");
            Files.copy(BUSYBOX, bin.resolve("busybox"));
            for (var applet : applets()) {
                Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
            }
            Files.writeString(
                    folder.resolve("rootfs/etc/passwd"),
                    """
                    root:x:0:0:root:/root:/bin/sh
                    appuser:x:1000:1000::/tmp:/bin/sh
                    nobody:x:65534:65534::/:/bin/false
                    """);
            Files.writeString(
                    folder.resolve("rootfs/etc/group"),
                    "root:x:0:\nappuser:x:1000:\nmore:x:2000:appuser\nnogroup:x:65534:\n");
            Files.writeString(folder.resolve("config.json"), "{\"config\":{\"Cmd\":[\"sh\"]}}");
            Files.writeString(folder.resolve("size"), "1\n");
            Files.createDirectories(images.resolve("names"));
            Files.writeString(images.resolve("names").resolve(NAME), "sha256-0\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> applets() throws IOException {
        var listing = new ProcessBuilder(BUSYBOX.toString(), "--list").start();
        var text = new String(listing.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return text.lines().filter(name -> !name.equals("busybox")).toList();
    }
}
