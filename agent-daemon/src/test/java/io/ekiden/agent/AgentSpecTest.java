package io.ekiden.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.agent.runtime.Disks;
import io.ekiden.model.Disk;
import io.ekiden.model.PortRange;
import io.ekiden.model.Sorted;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AgentSpecTest {

    @Test
    void readsAllOfIt() {
        assertThat(
                        AgentSpec.parse(
                                "name=a1;hostname=h1;attributes=rack:r1,zone:z1;cpus=2;mem=1024;disks=path:/a,mount:/b/c:5:ssd,path:/d::hdd;ports=31000-31099,32000"))
                .isEqualTo(
                        new AgentSpec.Parsed.Ok(
                                new AgentSpec(
                                        "a1",
                                        Optional.of("h1"),
                                        Sorted.copyOf(Map.of("rack", "r1", "zone", "z1")),
                                        Optional.of(2.0),
                                        Optional.of(1024.0),
                                        Optional.empty(),
                                        Optional.empty(),
                                        List.of(
                                                disk(Disk.Type.PATH, "/a", null, null),
                                                disk(Disk.Type.MOUNT, "/b/c", 5, "ssd"),
                                                disk(Disk.Type.PATH, "/d", null, "hdd")),
                                        List.of(
                                                new PortRange(31000, 31099),
                                                new PortRange(32000, 32000)))));
    }

    private static Disks.Named disk(Disk.Type type, String path, Integer size, String profile) {
        return new Disks.Named(
                type, Path.of(path), Optional.ofNullable(size), Optional.ofNullable(profile));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    cpus=2                   | the name '' is not letters, digits, '.', '_', '-'
                    name=../x                | the name '../x' is not letters, digits, '.', '_', '-'
                    name=a;colour=red        | 'colour' is none of name, hostname, attributes, cpus, mem, disk, gpus, disks, ports
                    name=a;cpus              | 'cpus' is not key=value
                    name=a;name=b            | 'name' is given twice
                    name=a;cpus=many         | cpus 'many' is not a number from 0
                    name=a;mem=-1            | mem '-1' is not a number from 0
                    name=a;ports=9-3         | the ports '9-3' are not within 1-65535
                    name=a;ports=1-65536     | the ports '1-65536' are not within 1-65535
                    name=a;ports=all         | the ports 'all' are not FIRST-LAST
                    name=a;disks=ssd:/x      | the disk 'ssd:/x' is not TYPE:/PATH[:MIB[:PROFILE]]
                    name=a;disks=path:x      | the disk 'path:x' is not TYPE:/PATH[:MIB[:PROFILE]]
                    name=a;disks=path:/x:0   | the disk 'path:/x:0' is not TYPE:/PATH[:MIB[:PROFILE]]
                    name=a;disks=path:/x,mount:/x | the disk 'mount:/x' is there twice
                    name=a;attributes=rack   | the attribute 'rack' is not name:value
                    name=a;hostname=         | the hostname is empty
                    """,
            quoteCharacter = '"')
    void saysInOneLineWhatIsWrong(String text, String problem) {
        assertThat(AgentSpec.parse(text))
                .isEqualTo(new AgentSpec.Parsed.Wrong("agent '%s': %s".formatted(text, problem)));
    }
}
