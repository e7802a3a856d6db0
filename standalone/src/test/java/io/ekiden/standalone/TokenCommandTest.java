package io.ekiden.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.gateway.core.access.Capability;
import io.ekiden.gateway.core.access.Grant;
import io.ekiden.gateway.core.access.Role;
import io.ekiden.gateway.users.TokenFile;
import io.ekiden.model.PathId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class TokenCommandTest {
    @TempDir Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String line) {
        out.reset();
        var terminal = new Terminal(print(out), print(err), false);
        var file = folder.resolve("tokens").toString();
        return StandaloneMain.commandLine(terminal)
                .execute(line.replace("FILE", file).split(" ", -1));
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8).strip();
    }

    @Test
    void aTokenIsMadeShownOnceListedAndRemoved() throws IOException {
        var path = folder.resolve("tokens");

        assertThat(run("token add ann --role deployer --path /team-a --file FILE")).isZero();
        var token = out();
        assertThat(token).matches("ekt_[A-Za-z0-9_-]{43}");
        assertThat(Files.readString(path)).doesNotContain(token);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");

        assertThat(
                        run(
                                "token add ci --role deployer --path /b --allow host-network,host-volume"
                                        + " --role viewer --valid-for 90d --file FILE"))
                .isZero();
        var lines = new TokenFile(path).read();
        assertThat(lines.getFirst().grants())
                .containsExactly(new Grant(Role.DEPLOYER, PathId.of("/team-a"), Set.of()));
        assertThat(lines.getLast().grants())
                .containsExactly(
                        new Grant(
                                Role.DEPLOYER,
                                PathId.of("/b"),
                                Set.of(Capability.HOST_NETWORK, Capability.HOST_VOLUME)),
                        new Grant(Role.VIEWER, PathId.ROOT, Set.of()));
        assertThat(lines.getLast().expires()).isPresent();

        assertThat(run("token list --file FILE")).isZero();
        assertThat(out().lines().findFirst().orElseThrow())
                .matches("ann [0-9a-f]{8} deployer:/team-a");
        assertThat(out()).contains(" deployer:/b+host-volume+host-network viewer:/ until 2");

        assertThat(run("token remove ann --file FILE")).isZero();
        assertThat(run("token list --file FILE")).isZero();
        assertThat(out()).startsWith("ci ");
        assertThat(run("token remove ann --file FILE")).isEqualTo(CommandLine.ExitCode.SOFTWARE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "token add ann --file FILE",
                "token add ann --role king --file FILE",
                "token add ann --role viewer",
                "token add a:b --role viewer --file FILE",
                "token add ann --role viewer --path /A_b --file FILE",
                "token add ann --role viewer --allow everything --file FILE",
                "token add ann --role viewer --valid-for soon --file FILE",
                "token",
                "up --tls-cert c",
                "up --bind 0.0.0.0 --token-file FILE"
            })
    void whatMakesNoSenseIsRefused(String line) {
        assertThat(run(line)).isEqualTo(ExitCode.USAGE);
        assertThat(out()).isEmpty();
        assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
        assertThat(folder.resolve("tokens")).doesNotExist();
    }
}
