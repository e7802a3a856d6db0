package io.ekiden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.agent.core.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files as kernels write them.
final class CgroupFiguresTest {
    @TempDir Path dir;

    private Path group(String name, String... filesAndContents) throws IOException {
        var group = Files.createDirectory(dir.resolve(name));
        for (int i = 0; i < filesAndContents.length; i += 2) {
            Files.writeString(group.resolve(filesAndContents[i]), filesAndContents[i + 1]);
        }
        return group;
    }

    private Path memoryV1(String limit) throws IOException {
        return group(
                "memory",
                "memory.usage_in_bytes",
                "2715648\n",
                "memory.limit_in_bytes",
                limit + "\n",
                "memory.stat",
                "cache 1998848\nrss 57344\ntotal_cache 1998848\ntotal_rss 61440\n");
    }

    private Path v2(String limit) throws IOException {
        return group(
                "v2",
                "cpu.stat",
                "usage_usec 1500000\nuser_usec 1000001\nsystem_usec 499999\nnr_periods 0\n",
                "memory.current",
                "8192000\n",
                "memory.max",
                limit + "\n",
                "memory.stat",
                "anon 4096000\nfile 4000000\nkernel_stack 16384\n");
    }

    @Test
    void version1() throws IOException {
        var cpu = group("cpu", "cpu.stat", "nr_periods 7\nnr_throttled 0\nthrottled_time 0\n");
        var accounts = group("cpuacct", "cpuacct.stat", "user 123\nsystem 45\n");
        var groups = List.of(cpu, accounts, memoryV1("67108864"));
        assertThat(CgroupFigures.cpu(groups))
                .contains(
                        new CgroupFigures.Found<>(
                                "cgroup-v1", new Usage.Cpu(1_230_000_000, 450_000_000)));
        assertThat(CgroupFigures.memory(groups))
                .contains(
                        new CgroupFigures.Found<>(
                                "cgroup-v1",
                                new Usage.Memory(
                                        Optional.of(61440L),
                                        Optional.of(2715648L),
                                        Optional.of(67108864L))));
    }

    @Test
    void version2() throws IOException {
        var groups = List.of(v2("max"));
        assertThat(CgroupFigures.cpu(groups))
                .contains(
                        new CgroupFigures.Found<>(
                                "cgroup-v2", new Usage.Cpu(1_000_001_000, 499_999_000)));
        assertThat(CgroupFigures.memory(groups))
                .contains(
                        new CgroupFigures.Found<>(
                                "cgroup-v2",
                                new Usage.Memory(
                                        Optional.of(4096000L),
                                        Optional.of(8192000L),
                                        Optional.empty())));
    }

    @Test
    void aLimitThatNoMemoryReachesIsNone() throws IOException {
        assertThat(
                        CgroupFigures.memory(List.of(memoryV1("9223372036854771712")))
                                .orElseThrow()
                                .figure()
                                .limit())
                .isEmpty();
    }

    /// Memory in version 1, and a group of version 2 to end the task by.
    @Test
    void bothVersionsBesideEachOther() throws IOException {
        var unified = group("v2", "cpu.stat", "usage_usec 3\nuser_usec 2\nsystem_usec 1\n");
        var groups = List.of(memoryV1("67108864"), unified);
        assertThat(CgroupFigures.cpu(groups).orElseThrow().source()).isEqualTo("cgroup-v2");
        assertThat(CgroupFigures.memory(groups).orElseThrow().source()).isEqualTo("cgroup-v1");
    }

    @Test
    void whatIsNotThereOrNoNumberIsAbsent() throws IOException {
        var strange =
                group(
                        "strange",
                        "memory.current",
                        "much\n",
                        "cpu.stat",
                        "user_usec\nsystem_usec x");
        assertThat(CgroupFigures.memory(List.of(strange, dir.resolve("gone")))).isEmpty();
        assertThat(CgroupFigures.cpu(List.of(strange, dir.resolve("gone")))).isEmpty();
    }
}
