package io.ekiden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RotationTest {
    @TempDir Path dir;

    private Path stdout = Path.of("");
    private Path old = Path.of("");

    @BeforeEach
    void name() {
        stdout = dir.resolve("stdout");
        old = dir.resolve("stdout.1");
    }

    @Test
    void aSmallFileIsLeftAlone() throws IOException {
        Files.writeString(stdout, "x".repeat(10));
        Rotation.bound(dir, 10);
        assertThat(stdout).hasContent("x".repeat(10));
        assertThat(old).doesNotExist();
    }

    @Test
    void whatIsAppendedAfterwardsIsAtTheBeginning() throws IOException, InterruptedException {
        var writer =
                new ProcessBuilder("/bin/sh", "-c", "exec >> stdout; echo early; read x; echo late")
                        .directory(dir.toFile())
                        .start();
        while (!Files.exists(stdout) || Files.size(stdout) == 0) {
            Thread.sleep(10);
        }

        Rotation.bound(dir, 5);
        writer.getOutputStream().close();
        writer.waitFor();

        assertThat(old).hasContent("early\n");
        assertThat(stdout).hasContent("late\n");
    }

    @Test
    void theOneBeforeGoesAndNothingElseIsLeft() throws IOException {
        for (var text : new String[] {"first!", "second"}) {
            Files.writeString(stdout, text);
            Rotation.bound(dir, 5);
        }
        assertThat(old).hasContent("second");
        assertThat(stdout).isEmptyFile();
        assertThat(dir.toFile().list()).containsExactlyInAnyOrder("stdout", "stdout.1");
    }

    @Test
    void ofWhatGrewTooFastTheEndIsKept() throws IOException {
        Files.writeString(stdout, "0123456789".repeat(100));
        Rotation.bound(dir, 10);
        assertThat(old).hasContent("0123456789".repeat(2));
    }

    @Test
    void whatATaskPutsInThePlaceOfItsFilesIsLeftAlone() throws IOException {
        var elsewhere = Files.writeString(dir.resolve("elsewhere"), "important");
        Files.createSymbolicLink(stdout, elsewhere);
        Files.createDirectory(dir.resolve("stderr"));

        Rotation.bound(dir, 5);

        assertThat(elsewhere).hasContent("important");
        assertThat(old).doesNotExist();
    }

    @Test
    void aLinkInThePlaceOfTheOldFileIsNotFollowed() throws IOException {
        var elsewhere = Files.writeString(dir.resolve("elsewhere"), "important");
        Files.createSymbolicLink(old, elsewhere);
        Files.createSymbolicLink(dir.resolve(".stdout.rotated"), elsewhere);
        Files.writeString(stdout, "output");

        Rotation.bound(dir, 5);

        assertThat(elsewhere).hasContent("important");
        assertThat(old).hasContent("output");
    }
}
