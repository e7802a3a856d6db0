package io.ekiden.agent.runtime.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.HostConfig;
import io.ekiden.agent.Given;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.runtime.Life;
import io.ekiden.agent.secrets.Brought;
import io.ekiden.model.Container;
import io.ekiden.model.Container.Parameter;
import io.ekiden.model.LinuxInfo;
import io.ekiden.model.ResourceLimits;
import io.ekiden.model.ResourceLimits.Limit;
import io.ekiden.testkit.NeedsDocker;
import io.ekiden.testkit.NeedsProgram;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a definition says of its container beside image, ports and volumes.
@NeedsDocker
@NeedsProgram("busybox")
final class DockerFieldsTest {
    @TempDir Path dir;

    private DockerMachine machine;
    private Life agent;

    @BeforeEach
    void begin() {
        machine = new DockerMachine();
        agent = machine.life(dir);
    }

    @AfterEach
    void end() {
        agent.runtime.close();
        machine.close();
    }

    /// @param parameters each `key=value`
    private static Container.Docker docker(boolean privileged, String... parameters) {
        return new Container.Docker(
                TestImage.BUSYBOX,
                false,
                privileged,
                Arrays.stream(parameters)
                        .map(text -> text.split("=", 2))
                        .map(pair -> new Parameter(pair[0], pair[1]))
                        .toList(),
                Optional.empty());
    }

    private static LocalTask task(String cmd, String... parameters) {
        return Given.cmd(cmd).docker(docker(false, parameters)).mapped(80, 0, "tcp").local();
    }

    private String outputOf(LocalTask task) {
        agent.start(task);
        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.Ended(
                                task.taskId(), Optional.of(0), "Command exited with status 0"));
        return agent.stdout(task);
    }

    private HostConfig hostConfigOf(LocalTask task) {
        agent.start(task);
        agent.awaitRunning(task);
        return machine.docker
                .inspectContainerCmd(ContainerSpec.name(task.taskId()))
                .exec()
                .getHostConfig();
    }

    /// Not started: a machine may itself lack the rights that it would give.
    @Test
    void aPrivilegedContainerHasAllRights() {
        for (boolean privileged : List.of(true, false)) {
            var task = Given.cmd("true").docker(docker(privileged)).task();
            var spec =
                    new ContainerSpec(
                            task,
                            Contents.of(task).orElseThrow(),
                            new TaskHost(
                                    "h",
                                    "127.0.0.1",
                                    true,
                                    VolumeDrivers.ALL,
                                    new TreeMap<>(),
                                    List.of()),
                            new Labels(DockerMachine.AGENT, () -> Optional.of(machine.cluster)),
                            dir,
                            List.of(),
                            Brought.NOTHING,
                            true);
            var id = spec.fill(machine.docker.createContainerCmd(TestImage.BUSYBOX)).exec().getId();
            var config = machine.docker.inspectContainerCmd(id).exec().getHostConfig();
            assertThat(config.getPrivileged()).isEqualTo(privileged);
            assertThat(String.valueOf(config.getSecurityOpts()).contains("no-new-privileges"))
                    .isEqualTo(!privileged);
        }
        assertThat(agent.runtime.attributes()).containsEntry("privileged", "true");
    }

    @Test
    void withoutTheOperatorsWordNoContainerHasAllRights() {
        var strict =
                new TaskHost(
                        "h", "127.0.0.1", false, VolumeDrivers.ALL, new TreeMap<>(), List.of());
        var unconfined =
                Given.cmd("x")
                        .docker(docker(false))
                        .linux(new LinuxInfo(Optional.of(true), Optional.empty()));
        for (var given : List.of(unconfined, Given.cmd("x").docker(docker(true)))) {
            assertThat(ContainerSpec.problem(given.task(), strict, dir))
                    .contains("this agent runs no privileged containers");
        }
        assertThat(ContainerSpec.problem(Given.cmd("x").docker(docker(false)).task(), strict, dir))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            textBlock =
                    """
                    hostname=web-1 ; hostname ; web-1
                    env=A=b c ; echo $A ; b c
                    workdir=/tmp ; pwd ; /tmp
                    user=1234:1235 ; echo $(id -u):$(id -g) ; 1234:1235
                    ulimit=nofile=100:200 ; echo $(ulimit -Sn):$(ulimit -Hn) ; 100:200
                    add-host=db:10.1.2.3 ; grep db /etc/hosts | cut -f1 ; 10.1.2.3
                    dns=10.1.2.3 ; grep -c 10.1.2.3 /etc/resolv.conf ; 1
                    read-only=true ; touch /x || echo no ; no
                    shm-size=8m ; df -k /dev/shm | tail -n 1 | awk '{print $2}' ; 8192
                    tmpfs=/scratch:size=1m ; df -k /scratch | tail -n 1 | awk '{print $2}' ; 1024
                    """)
    void aParameterDoesWhatDockerRunDoesWithIt(String parameter, String cmd, String output) {
        assertThat(outputOf(task(cmd, parameter))).isEqualTo(output + "\n");
    }

    @Test
    void capabilitiesAreDropped() {
        var config = hostConfigOf(task("sleep 1000", "cap-drop=CAP_NET_RAW", "cap-drop=chown"));
        assertThat(config.getCapDrop()).hasSize(2);
    }

    @Test
    void labelsAreTheUsersButNotOurs() {
        var task = task("sleep 1000", "label=team=web");
        agent.start(task);
        agent.awaitRunning(task);
        assertThat(machine.left(task.taskId()).getFirst().getLabels())
                .containsEntry("team", "web")
                .containsEntry(Labels.TASK, task.taskId().value());
    }

    @ParameterizedTest
    @CsvSource({
        "volume=/:/h",
        "'mount=type=bind,src=/,dst=/h'",
        "device=/dev/vda",
        "cap-add=SYS_ADMIN",
        "security-opt=seccomp=unconfined",
        "pid=host",
        "userns=host",
        "cgroup-parent=/",
        "volumes-from=x",
        "ipc=host",
        "uts=host",
        "network=container:x",
        "sysctl=kernel.x=1",
        "privileged=true",
        "PRIVILEGED=true",
        "--hostname=x",
        "workdir=/proc/self/fd/8",
        "label=io.ekiden.task=x",
        "cap-drop=nonsense"
    })
    void whatOpensAWallIsRefusedByTheAgentToo(String parameter) {
        var task = task("true", parameter);
        agent.start(task);
        var key = parameter.substring(0, parameter.indexOf('='));
        assertThat(agent.end(task))
                .isEqualTo(
                        new Event.NotStartable(
                                task.taskId(), "the parameter '%s' is not allowed".formatted(key)));
        assertThat(machine.left(task.taskId())).isEmpty();
    }

    @Test
    void limitsAreThoseThatWereAskedFor() {
        var task =
                Given.cmd("sleep 1000")
                        .image(TestImage.BUSYBOX)
                        .mem(64)
                        .limits(
                                new ResourceLimits(
                                        Optional.of(new Limit.AtMost(500_000)),
                                        Optional.of(new Limit.AtMost(128_000_000))))
                        .local();
        var config = hostConfigOf(task);
        assertThat(config.getMemory()).isEqualTo(128L << 20);
        assertThat(config.getCpuQuota()).isEqualTo(50_000);
    }

    @Test
    void withoutALimitThereIsNone() {
        var task =
                Given.cmd("sleep 1000")
                        .image(TestImage.BUSYBOX)
                        .limits(
                                new ResourceLimits(
                                        Optional.of(new Limit.Unlimited()),
                                        Optional.of(new Limit.Unlimited())))
                        .local();
        var config = hostConfigOf(task);
        assertThat(config.getMemory()).isZero();
        assertThat(config.getCpuQuota()).isZero();
    }

    @Test
    void sharedMemoryIsItsOwnAndAsLargeAsItWants() {
        var task =
                Given.cmd("sleep 1000")
                        .image(TestImage.BUSYBOX)
                        .linux(
                                new LinuxInfo(
                                        Optional.empty(),
                                        Optional.of(new LinuxInfo.Ipc(Optional.of(16)))))
                        .local();
        var config = hostConfigOf(task);
        assertThat(config.getShmSize()).isEqualTo(16L << 20);
        assertThat(config.getIpcMode()).isEqualTo("private");
    }
}
