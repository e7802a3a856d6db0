package io.ekiden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NameServersTest {
    @TempDir Path dir;

    private Path machine(String text) throws IOException {
        return Files.writeString(dir.resolve("resolv.conf"), text);
    }

    @Test
    void theMachinesComeBehindTheClusters() throws IOException {
        var machine =
                machine(
                        """
                        # nameserver 10.0.0.9
                        search example.com
                        nameserver 10.0.0.1
                          nameserver\t2001:db8::1\s
                        nameserver 172.17.0.1
                        """);

        assertThat(NameServers.ofContainer(List.of("172.17.0.1"), machine))
                .containsExactly("172.17.0.1", "10.0.0.1", "2001:db8::1");
    }

    @Test
    void whatAContainerCannotReachIsLeftOut() throws IOException {
        var machine =
                machine("nameserver 127.0.0.53\nnameserver ::1\nnameserver name\nnameserver\n");

        assertThat(NameServers.ofContainer(List.of("172.17.0.1"), machine))
                .containsExactly("172.17.0.1");
        assertThat(NameServers.ofContainer(List.of("172.17.0.1"), dir.resolve("none")))
                .containsExactly("172.17.0.1");
    }

    @Test
    void withoutOneOfTheClusterItIsTheEnginesChoice() throws IOException {
        assertThat(NameServers.ofContainer(List.of(), machine("nameserver 10.0.0.1\n"))).isEmpty();
    }

    @Test
    void nativeTasksFindTheClustersBeforeWhatTheMachineHas() throws IOException {
        var work = new WorkDir(dir.resolve("work"));
        work.create();
        var machine = machine("search example.com\nnameserver 127.0.0.53\n");

        NameServers.prepare(work, List.of("172.17.0.1"), machine);
        assertThat(NameServers.ofNativeTasks(work))
                .hasContent("nameserver 172.17.0.1\nsearch example.com\nnameserver 127.0.0.53\n");

        NameServers.prepare(work, List.of(), machine);
        assertThat(NameServers.ofNativeTasks(work)).doesNotExist();
    }
}
