package io.ekiden.agent.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.agent.Given;
import io.ekiden.agent.GivenPod;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

final class TaskEnvironmentTest {
    private static final SortedMap<String, String> NO_SECRETS = Collections.emptySortedMap();

    @Test
    void isMarathons() {
        var task =
                Given.cmd("x")
                        .labels(Map.of("HAPROXY_0.VHOST", "a.b", "x", "y"))
                        .ports(31005, 31007)
                        .task();

        var env = TaskEnvironment.of(task, "host1", "/sandbox", NO_SECRETS);

        assertThat(env)
                .containsEntry("MESOS_TASK_ID", task.taskId().value())
                .containsEntry("MESOS_SANDBOX", "/sandbox")
                .containsEntry("MARATHON_APP_ID", "/shop/web")
                .containsEntry("MARATHON_APP_VERSION", "2026-11-23T12:00:00.000Z")
                .containsEntry("MARATHON_APP_RESOURCE_CPUS", "0.1")
                .containsEntry("MARATHON_APP_RESOURCE_MEM", "64.0")
                .containsEntry("MARATHON_APP_RESOURCE_DISK", "0.0")
                .containsEntry("MARATHON_APP_RESOURCE_GPUS", "0")
                .containsEntry("MARATHON_APP_LABELS", "HAPROXY_0_VHOST X")
                .containsEntry("MARATHON_APP_LABEL_HAPROXY_0_VHOST", "a.b")
                .containsEntry("HOST", "host1")
                .containsEntry("PORT", "31005")
                .containsEntry("PORT0", "31005")
                .containsEntry("PORT1", "31007")
                .containsEntry("PORTS", "31005,31007")
                .containsEntry("PORT_10000", "31005")
                .containsEntry("PORT_10001", "31007")
                .containsEntry("PORT_WEB_0", "31005");
    }

    @Test
    void withoutAHostPortAPortIsTheOneInside() {
        var task =
                Given.cmd("x")
                        .image("shop/web:1")
                        .mapped(8080, 31005, "tcp")
                        .on("web")
                        .listening(9090)
                        .listening(0)
                        .task();

        var env = TaskEnvironment.inContainer(task, "host1", "/mnt/mesos/sandbox", NO_SECRETS);

        assertThat(env)
                .containsEntry("PORT0", "31005")
                .containsEntry("PORT1", "9090")
                .containsEntry("PORT2", "1024")
                .containsEntry("PORTS", "31005,9090,1024")
                .containsEntry("PORT_8080", "31005")
                .containsEntry("PORT_9090", "9090")
                .containsEntry("PORT_1024", "1024");
    }

    @Test
    void aPodsEndpointWithoutAHostPortSaysOnlyThePortInside() {
        var pod =
                GivenPod.pod(
                        """
                        {'networks': [{'mode': 'container', 'name': 'web'}], 'containers': [
                          {'name': 'c', 'image': {'kind': 'DOCKER', 'id': 'x'}, 'resources': {},
                           'endpoints': [{'name': 'in', 'containerPort': 80},
                                         {'name': 'out', 'containerPort': 81, 'hostPort': 0}]}]}
                        """);
        var part = PodParts.of(GivenPod.task(pod, List.of(0, 31005))).getFirst();

        var env =
                TaskEnvironment.inContainer(
                        part.task().orElseThrow(), "host1", "/mnt/mesos/sandbox", NO_SECRETS);

        assertThat(env)
                .containsEntry("ENDPOINT_IN", "80")
                .containsEntry("EP_CONTAINER_IN", "80")
                .doesNotContainKey("EP_HOST_IN")
                .containsEntry("ENDPOINT_OUT", "31005")
                .containsEntry("EP_HOST_OUT", "31005")
                .containsEntry("EP_CONTAINER_OUT", "81");
    }

    @Test
    void ofAContainerNamesHostPortsByThePortsInside() {
        var task =
                Given.cmd("x")
                        .image("shop/web:1")
                        .mapped(8080, 31005, "tcp")
                        .mapped(0, 31007, "udp,tcp")
                        .task();

        var env = TaskEnvironment.inContainer(task, "host1", "/mnt/mesos/sandbox", NO_SECRETS);

        assertThat(env)
                .containsEntry("MARATHON_APP_DOCKER_IMAGE", "shop/web:1")
                .containsEntry("MESOS_SANDBOX", "/mnt/mesos/sandbox")
                .containsEntry("PORT0", "31005")
                .containsEntry("PORT1", "31007")
                .containsEntry("PORT_8080", "31005")
                .containsEntry("PORT_31007", "31007")
                .containsEntry("PORT_WEB_0", "31005")
                .doesNotContainKeys("PATH", "HOME", "PORT_10000");
    }

    @Test
    void hasNoPortsWhenThereAreNone() {
        var env = TaskEnvironment.of(Given.cmd("x").task(), "host1", "/sandbox", NO_SECRETS);
        assertThat(env.keySet()).noneMatch(name -> name.startsWith("PORT"));
    }

    @Test
    void theUsersOwnIsOnTopButForTheMark() {
        var mine = Map.of("MESOS_TASK_ID", "mine", "PATH", "/mine", TaskEnvironment.MARK, "mine");
        var task = Given.cmd("x").env(mine).task();
        var env = TaskEnvironment.of(task, "host1", "/sandbox", NO_SECRETS);
        assertThat(env)
                .containsEntry("MESOS_TASK_ID", "mine")
                .containsEntry("PATH", "/mine")
                .containsEntry(TaskEnvironment.MARK, task.taskId().value());
    }

    @Test
    void leavesOutLabelsThatAreTooLong() {
        var longest = "v".repeat(511);
        var labels = Map.of("fits", longest, "too", longest + "v", "n".repeat(493), "x");
        var env =
                TaskEnvironment.of(
                        Given.cmd("x").labels(labels).task(), "host1", "/sandbox", NO_SECRETS);
        assertThat(env).containsEntry("MARATHON_APP_LABELS", "FITS");
    }
}
