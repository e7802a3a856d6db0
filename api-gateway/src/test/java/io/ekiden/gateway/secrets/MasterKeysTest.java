package io.ekiden.gateway.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ekiden.log.SealedSecret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Keys in files, and what is sealed with them.
final class MasterKeysTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final byte[] VALUE = "CANARY".getBytes(StandardCharsets.UTF_8);

    @TempDir Path dir;

    private Path keyFile(String name) throws IOException {
        var file = dir.resolve(name);
        MasterKeys.make(file);
        return file;
    }

    private static Envelope envelope(Path file) throws IOException {
        return new Envelope(MasterKeys.read(file));
    }

    @Test
    void aNewKeyIsItsOwnersAloneAndIsNotMadeTwice() throws IOException {
        var file = keyFile("key");
        var text = Files.readString(file);

        MasterKeys.make(file);

        assertThat(Files.readString(file)).isEqualTo(text);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\n", "secret words", "AAAA", "not base64 not base64 not base64 not"})
    void whatIsNoKeyIsRefusedWithoutBeingRepeated(String content) throws IOException {
        var file = Files.writeString(dir.resolve("wrong"), content);

        assertThatThrownBy(() -> MasterKeys.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + " has no keys of 32 bytes in Base64")
                .message()
                .satisfies(message -> assertThat(message).doesNotContain("words", "not base64"));
    }

    @Test
    void aValueIsOpenedWithItsKeyAndNoOther() throws IOException {
        var file = keyFile("key");
        var sealed = envelope(file).seal("shop/db", VALUE, NOON, "ann");

        assertThat(envelope(file).open("shop/db", sealed).orElseThrow()).isEqualTo(VALUE);
        assertThat(envelope(keyFile("other")).open("shop/db", sealed)).isEmpty();
        assertThat(sealed.toString()).doesNotContain("CANARY", "Q0FOQVJZ");
    }

    @Test
    void afterANewKeyTheOldOneStillOpens() throws IOException {
        var old = keyFile("old");
        var sealed = envelope(old).seal("shop/db", VALUE, NOON, "ann");
        var both = dir.resolve("both");
        Files.writeString(both, Files.readString(keyFile("new")) + Files.readString(old));

        assertThat(envelope(both).open("shop/db", sealed)).isPresent();
        assertThat(envelope(both).seal("shop/db", VALUE, NOON, "ann").keyId())
                .isEqualTo(MasterKeys.read(dir.resolve("new")).firstId())
                .isNotEqualTo(sealed.keyId());
    }

    @Test
    void whatIsMovedToAnotherPathOrMixedIsOpenedNowhere() throws IOException {
        var keys = envelope(keyFile("key"));
        var db = keys.seal("shop/db", VALUE, NOON, "ann");
        var open = keys.seal("shop/open", "x".getBytes(StandardCharsets.UTF_8), NOON, "ann");
        var mixed =
                new SealedSecret(
                        "shop/open", NOON, "ann", db.keyId(), open.wrappedKey(), db.value());

        assertThat(keys.open("shop/open", db)).isEmpty();
        assertThat(keys.open("shop/open", mixed)).isEmpty();
        assertThat(
                        keys.open(
                                "shop/db",
                                new SealedSecret(
                                        "shop/db", NOON, "ann", db.keyId(), "?", db.value())))
                .isEmpty();
    }
}
