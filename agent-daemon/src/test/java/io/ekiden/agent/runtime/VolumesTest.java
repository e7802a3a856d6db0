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
import java.util.List;
import java.util.Optional;
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
        var part = new LocalVolume.Part(disk.toString(), 5);
        return Given.cmd("x").volume(new LocalVolume("data", ID, Optional.of(part))).local();
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
        assertThat(disk.toFile().list()).hasSize(1);
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
