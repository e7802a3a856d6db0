package io.ekiden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LastOutputTest {
    @TempDir Path sandbox;

    @Test
    void errorsExplainMoreThanOutput() throws IOException {
        Files.writeString(sandbox.resolve("stdout"), "out\n");
        Files.writeString(sandbox.resolve("stderr"), "err\n");
        assertThat(LastOutput.of(sandbox)).isEqualTo("err");
    }

    @Test
    void withoutErrorsTheOutputMustDo() throws IOException {
        Files.writeString(sandbox.resolve("stdout"), "one\ntwo\n");
        Files.writeString(sandbox.resolve("stderr"), "\n");
        assertThat(LastOutput.of(sandbox)).isEqualTo("one\ntwo");
    }

    @Test
    void itIsTheEndInWholeLines() throws IOException {
        Files.writeString(sandbox.resolve("stderr"), "é".repeat(100) + "\nlast\n".repeat(2000));
        var text = LastOutput.of(sandbox);
        assertThat(text).hasSizeBetween(8_000, LastOutput.MAX_BYTES).startsWith("last\n");
    }

    @Test
    void whatIsNoFileIsNotRead() throws IOException {
        Files.createSymbolicLink(sandbox.resolve("stderr"), Path.of("/etc/passwd"));
        assertThat(LastOutput.of(sandbox)).isEmpty();
    }
}
