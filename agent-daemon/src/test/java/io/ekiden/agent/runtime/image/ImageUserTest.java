package io.ekiden.agent.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageUserTest {
    @TempDir Path dir;

    private Path rootfs;

    @BeforeEach
    void anImage() throws IOException {
        rootfs = dir.resolve("rootfs");
        Files.createDirectories(rootfs.resolve("etc"));
        Files.writeString(rootfs.resolve("etc/passwd"), "root:x:0:0::/:\nann:x:7:8::/:\n");
        Files.writeString(rootfs.resolve("etc/group"), "root:x:0:\nmore:x:9:bob,ann\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "unknown",
            textBlock =
                    """
                    ''      | ImageUser[uid=0, gid=0, groups=[]]
                    ann     | ImageUser[uid=7, gid=8, groups=[9]]
                    7       | ImageUser[uid=7, gid=8, groups=[9]]
                    ann:9   | ImageUser[uid=7, gid=9, groups=[]]
                    ann:more | ImageUser[uid=7, gid=9, groups=[]]
                    1234    | ImageUser[uid=1234, gid=0, groups=[]]
                    12:34   | ImageUser[uid=12, gid=34, groups=[]]
                    eve     | unknown
                    ann:eve | unknown
                    """)
    void aUserIsWhomTheImageKnows(String user, String found) {
        assertThat(ImageUser.of(rootfs, user).map(ImageUser::toString))
                .isEqualTo(Optional.ofNullable(found));
    }

    @Test
    void aFileThatLeadsOutOfTheImageIsNotRead() throws IOException {
        var outside = Files.writeString(dir.resolve("passwd"), "eve:x:66:66::/:\n");
        Files.delete(rootfs.resolve("etc/passwd"));
        Files.createSymbolicLink(rootfs.resolve("etc/passwd"), outside);

        assertThat(ImageUser.of(rootfs, "eve")).isEmpty();
    }
}
