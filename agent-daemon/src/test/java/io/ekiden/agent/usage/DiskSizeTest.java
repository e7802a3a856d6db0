package io.ekiden.agent.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.testkit.NeedsProgram;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
final class DiskSizeTest {
    private static final long MIB = 1L << 20;

    @TempDir Path dir;

    private static void write(Path file, long bytes) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, new byte[(int) bytes]);
    }

    private static long size(Path folder, Path... except) {
        return DiskSize.of(folder, Set.of(except), DiskSize.MAX_ENTRIES).orElseThrow();
    }

    private static long du(Path folder) throws Exception {
        var process = new ProcessBuilder("du", "-k", "-s", "-x", folder.toString()).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return Long.parseLong(said.split("\t", -1)[0]) << 10;
    }

    @Test
    @NeedsProgram("du")
    void whatDuSaysOfFoldersLinksAndSparseFiles() throws Exception {
        var box = dir.resolve("box");
        write(box.resolve("one"), 3 * MIB);
        write(box.resolve("a/b/c/two"), 100_001);
        write(box.resolve("a/größe"), MIB);
        write(dir.resolve("outside"), 5 * MIB);
        Files.createLink(box.resolve("a/again"), box.resolve("one"));
        Files.createSymbolicLink(box.resolve("link"), dir.resolve("outside"));
        Files.createSymbolicLink(box.resolve("loop"), box);
        try (var sparse = new RandomAccessFile(box.resolve("sparse").toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }
        assertThat(size(box)).isEqualTo(du(box)).isBetween(4 * MIB, 5 * MIB);
    }

    @Test
    void aFolderThatIsLeftOutCountsNothing() throws Exception {
        write(dir.resolve("mine"), MIB);
        write(dir.resolve("containers/a/theirs"), 2 * MIB);
        assertThat(size(dir, dir.resolve("containers/a"))).isBetween(MIB, MIB + 65536);
    }

    @Test
    void soManyFilesThatNobodyCanLookAtThemAllAreCountedInPart() throws Exception {
        for (int i = 0; i < 20; i++) {
            write(dir.resolve("f" + i), MIB);
        }
        assertThat(DiskSize.of(dir, Set.of(), 5).orElseThrow()).isBetween(5 * MIB, 6 * MIB);
    }

    @Test
    void whatIsNoFolderHasNoSize() throws Exception {
        write(dir.resolve("file"), 1);
        Files.createSymbolicLink(dir.resolve("link"), dir);
        assertThat(DiskSize.of(dir.resolve("file"), Set.of(), 9)).isEmpty();
        assertThat(DiskSize.of(dir.resolve("link"), Set.of(), 9)).isEmpty();
        assertThat(DiskSize.of(dir.resolve("none"), Set.of(), 9)).isEmpty();
    }
}
