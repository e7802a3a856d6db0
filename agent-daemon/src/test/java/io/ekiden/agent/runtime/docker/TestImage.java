package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/// An image made of this machine's static busybox, so that no registry is needed.
final class TestImage {
    static final String BUSYBOX = "ekiden-test:busybox";

    private static final int EXECUTABLE = 0755;
    private static final int OPEN_TO_ALL = 01777;

    private TestImage() {}

    static synchronized void make(DockerClient docker) {
        try {
            docker.inspectImageCmd(BUSYBOX).exec();
        } catch (NotFoundException e) {
            build(docker, BUSYBOX, List.of("FROM scratch", "ADD files.tar /", "CMD [\"sh\"]"));
        }
    }

    /// Another image: this one with these lines of a Dockerfile.
    static void make(DockerClient docker, String name, String... lines) {
        make(docker);
        build(docker, name, Stream.concat(Stream.of("FROM " + BUSYBOX), Stream.of(lines)).toList());
    }

    private static void build(DockerClient docker, String name, List<String> lines) {
        try {
            var dir = Files.createTempDirectory("image");
            var dockerfile = Files.write(dir.resolve("Dockerfile"), lines);
            var files = Files.write(dir.resolve("files.tar"), files());
            docker.buildImageCmd(dir.toFile())
                    .withTags(Set.of(name))
                    .exec(new BuildImageResultCallback())
                    .awaitImageId();
            Files.delete(files);
            Files.delete(dockerfile);
            Files.delete(dir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] files() {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes)) {
            for (var folder : List.of("bin", "dev", "etc", "proc", "root", "sys")) {
                folder(tar, folder, EXECUTABLE);
            }
            folder(tar, "tmp", OPEN_TO_ALL);
            file(tar, "bin/busybox", Files.readAllBytes(Path.of("/bin/busybox")), EXECUTABLE);
            for (var applet : applets()) {
                var link = new TarArchiveEntry("bin/" + applet, TarConstants.LF_SYMLINK);
                link.setLinkName("busybox");
                tar.putArchiveEntry(link);
                tar.closeArchiveEntry();
            }
            file(
                    tar,
                    "etc/passwd",
                    """
                    root:x:0:0:root:/root:/bin/sh
                    appuser:x:1000:1000::/tmp:/bin/sh
                    nobody:x:65534:65534::/:/bin/false
                    """
                            .getBytes(StandardCharsets.UTF_8),
                    0644);
            file(
                    tar,
                    "etc/group",
                    "root:x:0:\nappuser:x:1000:\nnogroup:x:65534:\n"
                            .getBytes(StandardCharsets.UTF_8),
                    0644);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static List<String> applets() throws IOException {
        var listing = new ProcessBuilder("/bin/busybox", "--list").start();
        var text = new String(listing.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return text.lines().filter(name -> !name.equals("busybox")).toList();
    }

    private static void folder(TarArchiveOutputStream tar, String name, int mode)
            throws IOException {
        var entry = new TarArchiveEntry(name + "/");
        entry.setMode(mode);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    private static void file(TarArchiveOutputStream tar, String name, byte[] content, int mode)
            throws IOException {
        var entry = new TarArchiveEntry(name);
        entry.setMode(mode);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }
}
