package io.ekiden.agent.runtime.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OutputFileTest {
    private static final Instant BEGIN = Instant.parse("2026-11-27T12:00:00Z");
    private static final int MAX_BYTES = 10;

    @TempDir Path dir;

    private Path stdout;
    private OutputFile file;

    @BeforeEach
    void begin() {
        stdout = dir.resolve("stdout");
        file = another();
    }

    /// Of the agent that comes after.
    private OutputFile another() {
        return new OutputFile(stdout, dir.resolve("noted"), MAX_BYTES);
    }

    private static void say(OutputFile to, int at, String text) {
        to.take(BEGIN.plusNanos(at), text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsToldAgainIsCopiedOnce() {
        say(file, 1, "a\n");
        say(file, 2, "b\n");
        assertThat(file.again()).isEqualTo(BEGIN.plusNanos(2));
        say(file, 1, "a\n");
        say(file, 2, "b\n");
        say(file, 3, "c\n");

        assertThat(stdout).hasContent("a\nb\nc\n");
    }

    @Test
    void partsOfALineAreOfOneTime() {
        say(file, 1, "a");
        say(file, 1, "b");
        file.again();
        say(file, 1, "a");
        say(file, 1, "bc");
        say(file, 1, "d");
        file.close();
        var next = another();
        next.again();
        say(next, 1, "a");
        say(next, 1, "bc");
        say(next, 1, "d");
        say(next, 1, "e\n");

        assertThat(stdout).hasContent("abcde\n");
    }

    @Test
    void aClockThatIsPutBackLosesNothingNew() {
        say(file, 5, "a\n");
        say(file, 2, "b\n");

        assertThat(stdout).hasContent("a\nb\n");
    }

    @Test
    void theAgentThatComesAfterGoesOnWhereTheFileIs() {
        say(file, 1, "a\n");
        say(file, 2, "b\n");
        file.close();
        var next = another();

        assertThat(next.again()).isEqualTo(BEGIN.plusNanos(2));
        say(next, 1, "a\n");
        say(next, 2, "b\n");
        say(next, 3, "c\n");
        assertThat(stdout).hasContent("a\nb\nc\n");
    }

    @Test
    void afterACrashTheFileTellsWhatItHas() {
        say(file, 1, "a\n");
        say(file, 2, "bcd\n");
        var next = another();

        assertThat(next.again()).isEqualTo(Instant.EPOCH);
        say(next, 1, "a\n");
        say(next, 2, "bcd\n");
        say(next, 3, "e\n");
        assertThat(stdout).hasContent("a\nbcd\ne\n");
    }

    @Test
    void whatWasWrittenInPartIsCompleted() throws IOException {
        Files.writeString(stdout, "a\nbc");
        file.again();
        say(file, 1, "a\n");
        say(file, 2, "bcd\n");

        assertThat(stdout).hasContent("a\nbcd\n");
    }

    @Test
    void aFullFileIsRenamedInThePlaceOfTheOneBefore() {
        for (int i = 1; i <= 7; i++) {
            say(file, i, "line" + i + "\n");
        }

        assertThat(dir.resolve("stdout.1")).hasContent("line5\nline6\n");
        assertThat(stdout).hasContent("line7\n");
    }

    @Test
    void theAgentThatComesAfterARenamingTellsNothingTwice() {
        say(file, 1, "0123456789\n");
        say(file, 2, "n\n");
        var next = another();

        assertThat(next.again()).isEqualTo(BEGIN.plusNanos(1));
        say(next, 1, "0123456789\n");
        say(next, 2, "n\n");
        say(next, 3, "newer\n");
        assertThat(stdout).hasContent("n\nnewer\n");
    }

    @Test
    void aCrashBeforeTheRenamingIsMadeUpFor() throws IOException {
        say(file, 1, "0123456789\n");
        // As it was before the renaming, which the note tells of already.
        Files.move(dir.resolve("stdout.1"), stdout, StandardCopyOption.REPLACE_EXISTING);
        var next = another();
        next.again();
        say(next, 1, "0123456789\n");
        say(next, 2, "new\n");

        assertThat(dir.resolve("stdout.1")).hasContent("0123456789\n");
        assertThat(stdout).hasContent("new\n");
    }

    @Test
    void doesNotFollowWhatTheTaskPutsInItsPlace() throws IOException {
        var other = Files.writeString(dir.resolve("other"), "theirs\n");
        Files.createSymbolicLink(stdout, other);
        say(file, 1, "0123456789\n");
        say(file, 2, "more\n");

        assertThat(other).hasContent("theirs\n");
    }

    @Test
    void aFolderInTheWayOfARenamingEndsTheCopyAndHarmsNothing() throws IOException {
        Files.createDirectories(dir.resolve("stdout.1/full"));
        say(file, 1, "0123456789\n");
        say(file, 2, "lost\n");

        assertThat(stdout).hasContent("0123456789\n");
        assertThat(dir.resolve("stdout.1/full")).isDirectory();
    }

    @Test
    void anUnreadableNoteTakesTheFileAsItIs() throws IOException {
        Files.writeString(dir.resolve("noted"), "{");
        Files.writeString(stdout, "a\n");
        file.again();
        say(file, 1, "a\n");
        say(file, 2, "b\n");

        assertThat(stdout).hasContent("a\nb\n");
    }
}
