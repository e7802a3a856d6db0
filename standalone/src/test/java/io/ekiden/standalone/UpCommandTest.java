package io.ekiden.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ekiden.agent.runtime.docker.VolumeDrivers;
import io.ekiden.planner.core.Settings.Strategy;
import io.ekiden.proxy.Networks;
import io.ekiden.proxy.ProxyConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class UpCommandTest {
    private final UpCommand command =
            new UpCommand(new Terminal(System.out, System.err, /* rewrites= */ false));

    private void parse(String args) {
        new CommandLine(command).parseArgs(args.isEmpty() ? new String[0] : args.split(" ", -1));
    }

    @ParameterizedTest
    @CsvSource({"'', SPREAD", "--placement spread, SPREAD", "--placement=binpack, BINPACK"})
    void spreadsUnlessToldToBinpack(String args, Strategy placement) {
        parse(args);

        assertThat(command.placement()).isEqualTo(placement);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--placement", "--placement dense", "--placement BINPACK"})
    void anyOtherPlacementIsRefused(String args) {
        assertThatExceptionOfType(CommandLine.ParameterException.class)
                .isThrownBy(() -> parse(args));
    }

    @Test
    void theLoadBalancerIsToldItsPortsCertificatesAndGroups(@TempDir Path directory)
            throws Exception {
        parse(
                "--https-port 9443 --ssl-certs %s --app-id-port=0 --lb-group external,internal --proxy-protocol-from 10.1.0.0/16 --access-log"
                        .formatted(directory));

        assertThat(command.loadBalancer().frontends())
                .isEqualTo(
                        new ProxyConfig.Frontends(
                                Set.of("external", "internal"),
                                OptionalInt.of(0),
                                OptionalInt.of(9443),
                                Optional.of(directory),
                                Networks.of(List.of("10.1.0.0/16")),
                                true));
    }

    @Test
    void theLoadBalancerRoutesAllByHttpAloneUnlessToldOtherwise() throws Exception {
        parse("");

        assertThat(command.loadBalancer().frontends()).isEqualTo(ProxyConfig.Frontends.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource({
        "--https-port 9443, --https-port needs --ssl-certs",
        "--ssl-certs pom.xml, --ssl-certs pom.xml is no directory"
    })
    void httpsNeedsADirectoryOfCertificates(String args, String problem) {
        parse(args);

        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() -> command.loadBalancer().frontends())
                .withMessage(problem);
    }

    @Test
    void agentsFetchNoFilesAndStartNothingPrivilegedUnlessToldSo(@TempDir Path directory)
            throws Exception {
        parse("");
        var cautious = command.agents().agents();
        assertThat(cautious.privileged()).isFalse();
        assertThat(cautious.fetchFiles()).isEmpty();
        assertThat(cautious.volumeDrivers()).isEqualTo(VolumeDrivers.ALL);

        parse("--allow-privileged --volume-drivers nfs,rexray --fetch-files " + directory);
        assertThat(command.agents().agents())
                .isEqualTo(
                        new Standalone.Agents(
                                cautious.specs(),
                                true,
                                VolumeDrivers.parse("nfs, rexray"),
                                Optional.of(directory)));
    }

    @Test
    void aFolderToFetchFromMustBeThere() {
        parse("--fetch-files pom.xml");

        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() -> command.agents().agents())
                .withMessage("--fetch-files pom.xml is no directory");
    }
}
