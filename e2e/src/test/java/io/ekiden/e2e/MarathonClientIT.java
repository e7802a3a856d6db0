package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ekiden.testkit.NeedsProgram;
import java.util.List;
import java.util.Map;
import mesosphere.marathon.client.Marathon;
import mesosphere.marathon.client.MarathonClient;
import mesosphere.marathon.client.MarathonException;
import mesosphere.marathon.client.model.v2.App;
import mesosphere.marathon.client.model.v2.Group;
import mesosphere.marathon.client.model.v2.HealthCheck;
import mesosphere.marathon.client.model.v2.Task;
import org.junit.jupiter.api.Test;

/// `com.mesosphere:marathon-client`, which was written for Marathon, does its work on Ekiden.
@NeedsProgram("busybox")
final class MarathonClientIT extends EkidenTest {
    private Marathon marathon;

    private static App web(String id) {
        var check = new HealthCheck();
        check.setProtocol("HTTP");
        check.setPath("/index.html");
        check.setIntervalSeconds(1);
        check.setGracePeriodSeconds(5);
        var app = new App();
        app.setId(id);
        app.setCmd("echo here > index.html; exec busybox httpd -f -p $PORT0");
        app.setCpus(0.01);
        app.setMem(32.0);
        app.setInstances(1);
        app.setLabels(Map.of("tier", "front"));
        app.setHealthChecks(List.of(check));
        return app;
    }

    private void settled() {
        await().atMost(RunningEkiden.PATIENCE).until(() -> marathon.getDeployments().isEmpty());
    }

    private App app(String id) throws MarathonException {
        return marathon.getApp(id).getApp();
    }

    @Test
    void anAppIsCreatedScaledChangedRolledBackAndDeleted() throws Exception {
        marathon = MarathonClient.getInstance(up().api());
        assertThat(marathon.getServerInfo().getElected()).isTrue();

        var created = marathon.createApp(web("/shop/web"));
        assertThat(created.getId()).isEqualTo("/shop/web");
        settled();
        assertThat(app("/shop/web").getTasksHealthy()).isEqualTo(1);
        assertThat(app("/shop/web").getLabels()).containsEntry("tier", "front");

        var more = new App();
        more.setInstances(3);
        assertThat(marathon.updateApp("/shop/web", more, false).getDeploymentId()).isNotBlank();
        settled();
        assertThat(marathon.getAppTasks("/shop/web").getTasks())
                .hasSize(3)
                .allMatch(task -> task.getState().equals("TASK_RUNNING"));

        var changed = new App();
        changed.setEnv(Map.of("COLOUR", "blue"));
        marathon.updateApp("/shop/web", changed, false);
        settled();
        assertThat(app("/shop/web").getEnv()).containsEntry("COLOUR", "blue");
        var versions = List.copyOf(marathon.getAppVersions("/shop/web").getVersions());
        assertThat(versions).hasSize(3);
        assertThat(marathon.getAppVersion("/shop/web", versions.getLast()).getInstances())
                .isEqualTo(1);

        var before = tasks("/shop/web");
        marathon.restartApp("/shop/web", false);
        settled();
        assertThat(tasks("/shop/web")).hasSize(3).doesNotContainAnyElementsOf(before);

        marathon.deleteApp("/shop/web");
        settled();
        assertThatThrownBy(() -> app("/shop/web"))
                .isInstanceOfSatisfying(
                        MarathonException.class, e -> assertThat(e.getStatus()).isEqualTo(404));
    }

    private List<String> tasks(String id) throws MarathonException {
        return marathon.getAppTasks(id).getTasks().stream().map(Task::getId).toList();
    }

    @Test
    void aChangeThatCannotSucceedIsTakenBack() throws Exception {
        marathon = MarathonClient.getInstance(up().api());
        marathon.createApp(web("/web"));
        settled();
        var impossible = new App();
        impossible.setCpus(64.0);
        var deployment = marathon.updateApp("/web", impossible, false).getDeploymentId();
        assertThat(marathon.getQueue().getQueue())
                .singleElement()
                .satisfies(item -> assertThat(item.getApp().getId()).isEqualTo("/web"));

        marathon.cancelDeploymentAndRollback(deployment);
        settled();
        assertThat(app("/web").getCpus()).isEqualTo(0.01);
        assertThat(app("/web").getTasksHealthy()).isEqualTo(1);
    }

    @Test
    void aGroupIsCreatedReadAndDeletedAndATaskKilled() throws Exception {
        marathon = MarathonClient.getInstance(up().api());
        var back = web("back");
        var front = web("front");
        front.setDependencies(List.of("../shop/back"));
        var group = new Group();
        group.setId("/shop");
        group.setApps(List.of(back, front));
        marathon.createGroup(group);
        settled();
        assertThat(marathon.getGroup("/shop").getApps())
                .extracting(App::getId)
                .containsExactly("/shop/back", "/shop/front");
        assertThat(marathon.getTasks().getTasks()).hasSize(2);

        var task = tasks("/shop/back").getFirst();
        marathon.deleteAppTask("/shop/back", task, "false");
        await().atMost(RunningEkiden.PATIENCE)
                .until(() ->
                        app("/shop/back").getTasksHealthy() == 1
                                && !tasks("/shop/back").contains(task));

        marathon.deleteGroup("/shop", false);
        settled();
        assertThat(marathon.getApps().getApps()).isEmpty();
    }
}
