package io.ekiden.agent.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.agent.files.LogTail.Seen;
import io.ekiden.agent.files.LogTail.Why;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Following a log whose file is emptied when it has become large.
final class LogTailTest {
    @TempDir Path dir;

    private LogTail tail;

    @BeforeEach
    void begin() throws IOException {
        Files.writeString(dir.resolve("stdout"), "one\n");
        tail = new LogTail(() -> open("stdout"), () -> open("stdout.1"), 0);
    }

    @AfterEach
    void end() throws IOException {
        tail.close();
    }

    private Optional<SandboxReader.OpenFile> open(String name) throws IOException {
        var sandbox = new Sandbox(dir, new TreeMap<>());
        return SandboxReader.open(sandbox, SandboxPath.parse(name).orElseThrow());
    }

    private List<String> seen() throws IOException {
        var all = new ArrayList<String>();
        for (var seen = tail.look(); !(seen instanceof Seen.Nothing); seen = tail.look()) {
            all.add(
                    switch (seen) {
                        case Seen.Bytes(var bytes, _) -> bytes.toString(StandardCharsets.UTF_8);
                        case Seen.Begins(var at, var why) -> why + " at " + at;
                        case Seen.Nothing _ -> "";
                    });
        }
        return Collections.unmodifiableList(all);
    }

    private void append(String text) throws IOException {
        Files.writeString(dir.resolve("stdout"), text, StandardOpenOption.APPEND);
    }

    private void rotate() throws IOException {
        Files.copy(dir.resolve("stdout"), dir.resolve("copy"));
        Files.move(dir.resolve("copy"), dir.resolve("stdout.1"), StandardCopyOption.ATOMIC_MOVE);
        Files.writeString(dir.resolve("stdout"), "");
    }

    @Test
    void whatWasRotatedAwayIsReadToItsEnd() throws IOException {
        assertThat(seen()).containsExactly(Why.FIRST + " at 0", "one\n");
        append("two\n");
        rotate();
        append("3\n");
        assertThat(seen()).containsExactly("two\n", Why.ROTATED + " at 0", "3\n");
        append("four\n");
        rotate();
        assertThat(seen()).containsExactly("four\n", Why.ROTATED + " at 0");
    }

    @Test
    void aFileThatItsTaskHasEmptiedIsNoRotation() throws IOException {
        rotate();
        append("one\ntwo\n");
        assertThat(seen()).containsExactly(Why.FIRST + " at 0", "one\ntwo\n");
        Files.writeString(dir.resolve("stdout"), "x\n");
        assertThat(seen()).containsExactly(Why.TRUNCATED + " at 0", "x\n");
    }
}
