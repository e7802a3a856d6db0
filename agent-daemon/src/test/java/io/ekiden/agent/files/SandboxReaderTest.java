package io.ekiden.agent.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.ekiden.agent.files.SandboxReader.OpenFile;
import io.ekiden.model.Sorted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The ways out of a sandbox that others have left open (Nomad's CVE-2022-24683 and CVE-2026-8052
/// among them), each tried.
@EnabledOnOs(OS.LINUX)
final class SandboxReaderTest {
    private static final String SECRET = "secret";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int SWAPS_SEEN = 10_000;

    @TempDir Path dir;
    private Path root;
    private Path outside;

    @BeforeEach
    void create() throws IOException {
        root = Files.createDirectory(dir.resolve("sandbox"));
        outside = Files.createDirectory(dir.resolve("outside"));
        Files.writeString(outside.resolve("file"), SECRET);
        Files.writeString(root.resolve("file"), "inside");
        Files.createDirectory(root.resolve("sub"));
        Files.writeString(root.resolve("sub/file"), "deeper");
    }

    private Sandbox sandbox() {
        return new Sandbox(root, Sorted.copyOf(Map.<String, Path>of()));
    }

    private static Optional<String> text(Sandbox sandbox, String path) throws IOException {
        var at = SandboxPath.parse(path);
        var found =
                at.isEmpty() ? Optional.<OpenFile>empty() : SandboxReader.open(sandbox, at.get());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (var file = found.get()) {
            var bytes = ByteBuffer.allocate(100);
            file.channel().read(bytes, 0);
            return Optional.of(
                    new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8));
        }
    }

    private Optional<String> text(String path) {
        Callable<Optional<String>> read = () -> text(sandbox(), path);
        return assertTimeoutPreemptively(SOON, read::call);
    }

    private Optional<SandboxReader.Listing> browse(String path) throws IOException {
        var at = SandboxPath.parse(path);
        return at.isEmpty() ? Optional.empty() : SandboxReader.browse(sandbox(), at.get(), 100);
    }

    private static Path fifo(Path path) throws IOException {
        try {
            assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
            return path;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void filesInTheSandboxAreRead() {
        assertThat(text("file")).contains("inside");
        assertThat(text("sub/file")).contains("deeper");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../outside/file",
                "../../../../../../etc/passwd",
                "sub/../../outside/file",
                "sub/../file",
                "./file",
                "sub/./file",
                "sub//file",
                "//etc/passwd",
                "/etc/passwd",
                "/",
                "..",
                "../",
                "..\\outside\\file",
                "..%2foutside%2ffile",
                "%2e%2e/outside/file",
                "file\0",
                "\0",
                "file/.",
                "file/x",
                "none",
                "none/file",
                "sub",
                "",
                "~/file",
                "C:\\file"
            })
    void noOtherPathIsAFile(String path) {
        assertThat(text(path)).isEmpty();
    }

    @Test
    void namesThatAreTooLongDoNotExist() {
        assertThat(text("x".repeat(300))).isEmpty();
        assertThat(text("x/".repeat(3000) + "x")).isEmpty();
    }

    @Test
    void linksAreNotFollowedWhereverTheyLead() throws IOException {
        Files.createSymbolicLink(root.resolve("absolute"), outside.resolve("file"));
        Files.createSymbolicLink(root.resolve("relative"), Path.of("../outside/file"));
        Files.createSymbolicLink(root.resolve("folder"), outside);
        Files.createSymbolicLink(root.resolve("inner"), Path.of("file"));
        Files.createSymbolicLink(root.resolve("slash"), Path.of("/"));

        for (var path : new String[] {"absolute", "relative", "inner", "folder/file"}) {
            assertThat(text(path)).as(path).isEmpty();
        }
        assertThat(text("slash/etc/passwd")).isEmpty();
        assertThat(browse("folder")).isEmpty();
        assertThat(browse("slash")).isEmpty();
        assertThat(browse("").orElseThrow().files())
                .filteredOn(file -> file.status().kind() == FileStatus.Kind.LINK)
                .extracting(SandboxReader.Listed::path)
                .containsExactly("absolute", "folder", "inner", "relative", "slash");
    }

    @Test
    void aSandboxThatIsItselfALinkIsNotEntered() throws IOException {
        var link = Files.createSymbolicLink(dir.resolve("link"), outside);

        assertThat(text(new Sandbox(link, Sorted.copyOf(Map.<String, Path>of())), "file"))
                .isEmpty();
    }

    @Test
    void aFifoIsRefusedAndBlocksNobody() throws IOException {
        fifo(root.resolve("fifo"));

        assertThat(text("fifo")).isEmpty();
        assertThat(text("fifo/file")).isEmpty();
        assertTimeoutPreemptively(SOON, () -> assertThat(browse("fifo")).isEmpty());
        assertThat(browse("").orElseThrow().files().getFirst())
                .matches(file -> file.path().equals("fifo"))
                .matches(file -> file.status().modeText().startsWith("p"));
    }

    @Test
    void socketsAndDevicesAreRefused() throws IOException {
        try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(root.resolve("socket")));
            var devices = new Sandbox(root, Sorted.copyOf(Map.of("dev", Path.of("/dev"))));

            assertThat(text("socket")).isEmpty();
            assertThat(text(devices, "dev/zero")).isEmpty();
            assertThat(text(devices, "dev/null")).isEmpty();
        }
    }

    @Test
    void aMountedFolderIsEnteredAndShownInPlaceOfTheLinkToIt() throws IOException {
        var volume = Files.createDirectory(dir.resolve("volume"));
        Files.writeString(volume.resolve("date"), "today");
        Files.createSymbolicLink(root.resolve("data"), volume);
        Files.createSymbolicLink(volume.resolve("out"), outside);
        var mounted = new Sandbox(root, Sorted.copyOf(Map.of("data", volume)));

        assertThat(text("data/date")).isEmpty();
        assertThat(text(mounted, "data/date")).contains("today");
        assertThat(text(mounted, "data/out/file")).isEmpty();
        assertThat(text(mounted, "data/../file")).isEmpty();
        var listing = SandboxReader.browse(mounted, new SandboxPath(List.of()), 100);
        assertThat(listing.orElseThrow().files())
                .extracting(SandboxReader.Listed::path, file -> file.status().kind())
                .containsExactly(
                        tuple("data", FileStatus.Kind.FOLDER),
                        tuple("file", FileStatus.Kind.FILE),
                        tuple("sub", FileStatus.Kind.FOLDER));
        assertThat(
                        SandboxReader.browse(mounted, SandboxPath.parse("data").orElseThrow(), 100)
                                .orElseThrow()
                                .files())
                .extracting(SandboxReader.Listed::path)
                .containsExactly("data/date", "data/out");
    }

    @Test
    void aMountMayLieDeep() throws IOException {
        var volume = Files.createDirectory(dir.resolve("volume"));
        Files.writeString(volume.resolve("date"), "today");
        var mounted = new Sandbox(root, Sorted.copyOf(Map.of("sub/data", volume)));

        assertThat(text(mounted, "sub/data/date")).contains("today");
        assertThat(text(mounted, "sub/file")).contains("deeper");
    }

    @Test
    void aListingTellsWhatStatDoes() throws IOException {
        var file = root.resolve("sub/file");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_999L));

        var listed = browse("sub/").orElseThrow().files().getFirst();

        assertThat(listed.path()).isEqualTo("sub/file");
        assertThat(listed.status().modeText()).isEqualTo("-rw-r-----");
        assertThat(listed.status().size()).isEqualTo(6);
        assertThat(listed.status().mtime()).isEqualTo(1_700_000_000);
        assertThat(listed.status().nlink()).isEqualTo(1);
        assertThat(listed.status().owner()).isEqualTo(Files.getOwner(file).getName());
    }

    @Test
    void aListingIsLimited() throws IOException {
        for (int i = 0; i < 20; i++) {
            Files.createFile(root.resolve("sub/" + i));
        }
        var limited =
                SandboxReader.browse(sandbox(), SandboxPath.parse("sub").orElseThrow(), 10)
                        .orElseThrow();

        assertThat(limited.files()).hasSize(10);
        assertThat(limited.complete()).isFalse();
        assertThat(browse("sub").orElseThrow().complete()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {04755, 02755, 01777, 04644, 0000, 0777})
    void modesAreWrittenAsLsDoes(int bits) throws Exception {
        var file = root.resolve("file");
        run("chmod", Integer.toOctalString(bits), file.toString());

        var ls = run("ls", "-l", file.toString());

        assertThat(FileStatus.of(file).modeText()).isEqualTo(ls.substring(0, 10));
    }

    private static String run(String... command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    /// What a swapping name may be at the moment of a look.
    private enum Shape {
        INSIDE,
        LINK_OUT,
        FIFO
    }

    @Test
    void aFileThatIsSwappedAllTheTimeNeverLeadsOutAndNeverBlocks() throws Exception {
        Files.writeString(dir.resolve("plain"), "inside");
        Files.createSymbolicLink(dir.resolve("out"), outside.resolve("file"));
        fifo(dir.resolve("pipe"));
        var shapes =
                Map.of(
                        Shape.INSIDE, dir.resolve("plain"),
                        Shape.LINK_OUT, dir.resolve("out"),
                        Shape.FIFO, dir.resolve("pipe"));

        raced(() -> swap(shapes, root.resolve("file")), "file", "inside");
    }

    @Test
    void aFolderThatIsSwappedAllTheTimeNeverLeadsOut() throws Exception {
        var inner = Files.createDirectory(root.resolve("inner"));
        Files.writeString(inner.resolve("file"), "inside");
        Runnable swaps =
                () -> {
                    try {
                        var folder = root.resolve("folder");
                        Files.move(inner, folder);
                        Files.move(folder, inner);
                        Files.createSymbolicLink(folder, outside);
                        Files.delete(folder);
                        fifo(folder);
                        Files.delete(folder);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                };
        raced(swaps, "folder/file", "inside");
    }

    /// Hard links and renames: what has the name is always one of the shapes, never nothing.
    private static void swap(Map<Shape, Path> shapes, Path victim) {
        try {
            for (var shape : EnumSet.allOf(Shape.class)) {
                var next = victim.resolveSibling("next");
                Files.deleteIfExists(next);
                if (shape == Shape.LINK_OUT) {
                    Files.createSymbolicLink(next, Files.readSymbolicLink(shapes.get(shape)));
                } else {
                    Files.createLink(next, shapes.get(shape));
                }
                Files.move(
                        next,
                        victim,
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void raced(Runnable swaps, String path, String inside) throws Exception {
        var stop = new AtomicBoolean();
        var swapper =
                Thread.ofPlatform()
                        .start(() -> {
                            while (!stop.get()) {
                                swaps.run();
                            }
                        });
        try {
            var seen =
                    assertTimeoutPreemptively(
                            Duration.ofSeconds(60),
                            () -> {
                                var all = new TreeSet<String>();
                                // Until both were seen: else nothing was swapped while it was read.
                                for (int i = 0; i < SWAPS_SEEN || all.size() < 2; i++) {
                                    all.add(look(path));
                                }
                                return all;
                            });
            assertThat(seen).containsExactlyInAnyOrder("refused", inside);
        } finally {
            stop.set(true);
            swapper.join();
        }
    }

    private String look(String path) {
        try {
            return text(sandbox(), path).orElse("refused");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
