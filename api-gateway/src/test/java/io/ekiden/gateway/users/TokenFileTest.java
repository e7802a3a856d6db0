package io.ekiden.gateway.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ekiden.gateway.core.access.Caller;
import io.ekiden.gateway.core.access.Capability;
import io.ekiden.gateway.core.access.Grant;
import io.ekiden.gateway.core.access.Role;
import io.ekiden.model.PathId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFileTest {
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final List<Grant> GRANTS =
            List.of(
                    new Grant(Role.DEPLOYER, PathId.of("/team-a"), Set.of(Capability.HOST_NETWORK)),
                    new Grant(Role.VIEWER, PathId.ROOT, Set.of()));
    private static final String HASH = "ab".repeat(32);

    @TempDir Path folder;
    private Path path;
    private TokenFile file;

    @BeforeEach
    void file() {
        path = folder.resolve("tokens");
        file = new TokenFile(path);
    }

    private static TokenLine line(String user, String token) {
        return TokenLine.of(user, token, GRANTS, Optional.empty());
    }

    @Test
    void whatIsAddedIsReadAgainAndIsNotTheToken() throws Exception {
        var token = Token.random();
        var expiring = TokenLine.of("bob", Token.random(), GRANTS, Optional.of(NOON));
        file.add(line("ann", token));
        file.add(expiring);

        assertThat(file.read()).containsExactly(line("ann", token), expiring);
        assertThat(Files.readString(path)).doesNotContain(token);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        assertThat(token).matches("ekt_[A-Za-z0-9_-]{43}");
    }

    @Test
    void removingLeavesTheRestAsItIs() throws Exception {
        Files.writeString(path, "# people\n\n");
        file.add(line("ann", "a"));
        file.add(line("bob", "b"));
        file.add(line("ann", "c"));

        assertThat(file.remove(line -> line.user().equals("ann"))).isEqualTo(2);

        assertThat(file.read()).containsExactly(line("bob", "b"));
        assertThat(Files.readString(path)).startsWith("# people\n\n{");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
    }

    @Test
    void aLastLineWithoutAnEndIsNoTrap() throws Exception {
        file.add(line("ann", "a"));
        Files.writeString(path, Files.readString(path).strip());

        file.add(line("bob", "b"));

        assertThat(file.read()).hasSize(2);
    }

    @Test
    void aFileThatEverybodyCanWriteIsRefused() throws Exception {
        file.add(line("ann", "a"));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));

        assertThatExceptionOfType(TokenFile.Unusable.class)
                .isThrownBy(file::read)
                .withMessageContaining("everybody can write to it");
    }

    @Test
    void aFileThatIsNotThereIsRefusedWithTheWayToMakeIt() {
        assertThatExceptionOfType(TokenFile.Unusable.class)
                .isThrownBy(file::read)
                .withMessageContaining("ekiden token add");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no json",
                "[]",
                "{'user':'ann','sha256':'HASH'}",
                "{'user':'ann','sha256':'HASH','grants':[]}",
                "{'user':'ann','sha256':'abc','grants':[{'role':'admin','path':'/'}]}",
                "{'user':'a:b','sha256':'HASH','grants':[{'role':'admin','path':'/'}]}",
                "{'user':'anonymous','sha256':'HASH','grants':[{'role':'admin','path':'/'}]}",
                "{'user':'ann','sha256':'HASH','grants':[{'role':'king','path':'/'}]}",
                "{'user':'ann','sha256':'HASH','grants':[{'role':'admin','path':'team'}]}",
                "{'user':'ann','sha256':'HASH','grants':[{'role':'admin'}]}",
                "{'user':'ann','sha256':'HASH','grants':[{'role':'viewer','path':'/','capability':['x']}]}",
                "{'user':'ann','sha256':'HASH','grants':[{'role':'viewer','path':'/','capabilities':['x']}]}",
                "{'user':'ann','sha256':'HASH','grants':[{'role':'viewer','path':'/'}],'expires':'soon'}",
                "{'user':'ann','sha256':'HASH','grants':[{'role':'viewer','path':'/'}],'expire':'x'}",
                "{'user':'ann','user':'bob','sha256':'HASH','grants':[{'role':'viewer','path':'/'}]}"
            })
    void aLineThatIsNotUnderstoodIsRefusedByItsNumber(String line) throws IOException {
        Files.writeString(path, "# first\n" + line.replace('\'', '"').replace("HASH", HASH) + "\n");

        assertThatExceptionOfType(TokenFile.Unusable.class)
                .isThrownBy(file::read)
                .withMessageContaining("line 2: ");
    }

    @Test
    void nobodyIsCalledLikeNobody() {
        assertThatIllegalArgumentException().isThrownBy(() -> line("anonymous", "a"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Bearer TOKEN        | true
                    bearer TOKEN        | true
                    token=TOKEN         | true
                    Basic ann:TOKEN     | true
                    basic ann:TOKEN     | true
                    Basic bob:TOKEN     | false
                    Basic :TOKEN        | false
                    Basic TOKEN         | false
                    Bearer              | false
                    token=              | false
                    TOKEN               | false
                    Digest TOKEN        | false
                    Bearer xTOKEN       | false
                    Bearer TOKEN TOKEN  | false
                    Basic !!!           | false
                    """)
    void aTokenIsShownInThreeWays(String header, boolean known) throws IOException {
        var token = Token.random();
        file.add(line("ann", token));
        var shown = header.replace("TOKEN", token);
        if (shown.startsWith("Basic ") || shown.startsWith("basic ")) {
            var pair = shown.substring(6).getBytes(StandardCharsets.UTF_8);
            shown = shown.substring(0, 6) + Base64.getEncoder().encodeToString(pair);
        }

        assertThat(users().find(shown).map(Caller::name))
                .isEqualTo(known ? Optional.of("ann") : Optional.empty());
    }

    private Users users() throws IOException {
        return Users.of(
                Optional.of(path), Optional.empty(), Optional.of("own"), InstantSource.fixed(NOON));
    }

    @Test
    void noHeaderIsNobodyAndThatIsNotEverybody() throws IOException {
        file.add(line("ann", "a"));

        assertThat(users().find(null)).isEmpty();
        assertThat(users().find("Bearer own")).map(Caller::mayAnything).contains(true);
        assertThat(
                        Users.of(
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        InstantSource.system())
                                .find(null))
                .contains(Caller.ANYBODY);
    }

    @Test
    void aTokenIsWorthNothingFromItsLastMomentOn() throws IOException {
        file.add(TokenLine.of("ann", "a", GRANTS, Optional.of(NOON)));
        file.add(TokenLine.of("bob", "b", GRANTS, Optional.of(NOON.plusMillis(1))));

        assertThat(users().find("Bearer a")).isEmpty();
        assertThat(users().find("Bearer b")).isPresent();
    }

    @Test
    void aSlipInTheFileChangesNothing() throws IOException {
        file.add(line("ann", "a"));
        var users = users();
        Files.writeString(path, "{");

        users.reload();

        assertThat(users.find("Bearer a")).isPresent();
        Files.writeString(path, line("bob", "b").json());
        users.reload();
        assertThat(users.find("Bearer a")).isEmpty();
        assertThat(users.find("Bearer b")).isPresent();
    }
}
