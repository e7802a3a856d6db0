package io.ekiden.agent.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.agent.Given;
import java.util.Collections;
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
