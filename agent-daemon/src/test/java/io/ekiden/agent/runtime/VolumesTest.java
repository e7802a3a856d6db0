package io.ekiden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ekiden.agent.Given;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.model.Disk;
import io.ekiden.model.LocalVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Persistent volumes on disks that an operator gives an agent.
final class VolumesTest {
    private static final String ID = "shop_web#data#1";

    @TempDir Path dir;
    private Path disk;
    private Path work;

    @BeforeEach
    void make() throws IOException {
        disk = Files.createDirectory(dir.resolve("a disk"));
        work = dir.resolve("work");
        new WorkDir(work).create();
    }

    private Volumes volumes(Disk.Type... types) {
        var named =
                List.of(types).stream()
                        .map(type ->
                                new Disks.Named(type, disk, Optional.of(5), Optional.of("ssd")))
                        .toList();
        return new Volumes(new WorkDir(work, new Disks(named)));
    }

    private LocalTask task() {
        return Given.cmd("x").volume(new LocalVolume("data", ID, part())).local();
    }

    private Optional<LocalVolume.Part> part() {
        return Optional.of(new LocalVolume.Part(disk.toString(), 5));
    }

    @Test
    void aVolumeIsOnItsDiskWhateverItsAgentRemembers() throws IOException {
        var folder = volumes(Disk.Type.PATH).of(task()).get("data");
        Files.writeString(folder.resolve("kept"), "data");

        assertThat(folder).hasParent(disk);
        assertThat(new WorkDir(work).volume(ID)).isEqualTo(folder);
        assertThat(volumes(Disk.Type.PATH).ids()).containsExactly(ID);
        assertThat(volumes(Disk.Type.PATH).of(task()).get("data").resolve("kept"))
                .hasContent("data");

        WorkDir.delete(work);
        new WorkDir(work).create();
        assertThat(volumes(Disk.Type.PATH).of(task()).get("data").resolve("kept"))
                .hasContent("data");
    }

    @Test
    void itIsDestroyedWithTheLinkToItAndNothingElseIs() throws IOException {
        volumes(Disk.Type.PATH).of(task());
        var other = Files.createFile(disk.resolve("other"));

        volumes(Disk.Type.PATH).destroy(ID);

        assertThat(disk).isDirectoryContaining(other::equals);
        assertThat(disk.toFile().list()).containsExactlyInAnyOrder("other", ".ekiden-disk");
        assertThat(work.resolve("volumes")).isEmptyDirectory();
    }

    @Test
    void withoutItsDiskItIsNotMadeAnewAndNotForgotten() throws IOException {
        volumes(Disk.Type.PATH).of(task());
        var away = Files.move(disk, dir.resolve("away"));

        assertThatThrownBy(() -> volumes(Disk.Type.PATH).of(task()))
                .hasMessageStartingWith("the volume " + disk)
                .hasMessageEndingWith(" is not there");
        assertThatThrownBy(() -> volumes(Disk.Type.PATH).destroy(ID))
                .hasMessageContaining("there is no such directory");
        assertThat(volumes(Disk.Type.PATH).ids()).containsExactly(ID);

        Files.move(away, disk);
        volumes(Disk.Type.PATH).destroy(ID);
        assertThat(volumes(Disk.Type.PATH).ids()).isEmpty();
    }

    @Test
    void anEmptyDirectoryInThePlaceOfItsDiskIsNotTheDisk() throws IOException {
        volumes(Disk.Type.PATH).of(task());
        Files.move(disk, dir.resolve("away"));
        Files.createDirectory(disk);

        assertThat(volumes(Disk.Type.PATH).disks()).isEmpty();
        assertThatThrownBy(() -> volumes(Disk.Type.PATH).destroy(ID))
                .hasMessageContaining("is it mounted?");
        assertThat(volumes(Disk.Type.PATH).ids()).containsExactly(ID);
        assertThat(disk).isEmptyDirectory();
    }

    @Test
    void theContainersOfAPodFindItWhenAllBeginAtOnce() throws Exception {
        for (var part : List.of(Optional.<LocalVolume.Part>empty(), part())) {
            var task = Given.cmd("x").volume(new LocalVolume("data", ID, part)).local();
            Callable<Path> one = () -> volumes(Disk.Type.PATH).of(task).get("data");
            try (var threads = Executors.newFixedThreadPool(8)) {
                for (var folder : threads.invokeAll(Collections.nCopies(8, one))) {
                    assertThat(folder.get()).isDirectory();
                }
            }
            volumes(Disk.Type.PATH).destroy(ID);
        }
    }

    @Test
    void aDiskThatTheOperatorDidNotNameIsNotWrittenTo() {
        assertThatThrownBy(() -> volumes().of(task()))
                .hasMessage("the disk %s cannot be used: the agent has no such disk", disk);
        assertThat(disk).isEmptyDirectory();
    }

    @Test
    void aMountDiskIsOneOnlyWhileSomethingIsMountedThere() throws Exception {
        assertThat(volumes(Disk.Type.PATH).disks())
                .containsExactly(new Disk(Disk.Type.PATH, disk.toString(), 5, Optional.of("ssd")));
        assertThat(volumes(Disk.Type.MOUNT).disks()).isEmpty();
        assertThatThrownBy(() -> volumes(Disk.Type.MOUNT).of(task()))
                .hasMessageEndingWith("nothing is mounted there");

        assumeTrue(
                Processes.run(
                                List.of(
                                        "mount",
                                        "-t",
                                        "tmpfs",
                                        "-o",
                                        "size=9m",
                                        "x",
                                        disk.toString()))
                        .isPresent(),
                "mounting needs root");
        try {
            assertThat(volumes(Disk.Type.MOUNT).disks()).hasSize(1);
            assertThat(volumes(Disk.Type.MOUNT).of(task()).get("data")).hasParent(disk);
            var whole = new Disks.Named(Disk.Type.MOUNT, disk, Optional.empty(), Optional.empty());
            assertThat(new Disks(List.of(whole)).usable())
                    .containsExactly(
                            new Disk(Disk.Type.MOUNT, disk.toString(), 9, Optional.empty()));
        } finally {
            Processes.run(List.of("umount", disk.toString()));
        }
    }
}
