package io.ekiden.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Deployments of the running product: upgraded, rolled back, cancelled, forced, ordered.
final class DeploymentsIT extends ThreeAgentsTest {

    @Test
    void aRollingUpgradeReplacesAllAndARollbackReturns() {
        var app = strategy(server("/rolling", 3), 0.6, 0.4);
        deploy(app);
        var first = taskIds("/rolling");
        var version = ekiden.app("/rolling").path("version").asText();

        app.putObject("env").put("COLOUR", "green");
        deploy(app);
        var second = taskIds("/rolling");
        assertThat(second).hasSize(3).doesNotContainAnyElementsOf(first);

        assertThat(ekiden.put("/v2/apps/rolling", "{\"version\": \"" + version + "\"}").status())
                .isEqualTo(200);
        await().atMost(RunningEkiden.PATIENCE)
                .until(() -> Collections.disjoint(second, taskIds("/rolling")));
        settled("/rolling", 3);
        assertThat(ekiden.app("/rolling").path("env")).isEmpty();
    }

    @Test
    void anUpgradeThatIsStuckIsUndoneByDeletingItsDeployment() {
        deploy(strategy(server("/stuck", 2), 0.5, 0));
        breakIt("/stuck");
        until("/stuck", app -> app.path("tasksHealthy").asInt() == 1);

        var revert = ekiden.delete("/v2/deployments/" + deploymentOf("/stuck"));

        assertThat(revert.status()).isEqualTo(200);
        assertThat(revert.body().path("deploymentId").asText()).isNotEmpty();
        ekiden.awaitHealthy("/stuck", 2);
        assertThat(ekiden.app("/stuck").path("cmd").asText()).contains("httpd");
    }

    @Test
    void aDeploymentThatIsDeletedWithForceLeavesThingsAsTheyAre() {
        deploy(strategy(server("/left", 2), 0.5, 0));
        breakIt("/left");
        until("/left", app -> app.path("tasksHealthy").asInt() == 1);

        var cancelled = ekiden.delete("/v2/deployments/" + deploymentOf("/left") + "?force=true");

        assertThat(cancelled.status()).isEqualTo(202);
        assertThat(cancelled.text()).isEmpty();
        until("/left", app -> app.path("deployments").isEmpty());
        assertThat(ekiden.app("/left").path("cmd").asText()).isEqualTo("exec sleep 3600");
    }

    @Test
    void aDeploymentLocksItsAppsUntilItIsForced() {
        deploy(strategy(server("/locked", 2), 0.5, 0));
        breakIt("/locked");
        var held = deploymentOf("/locked");

        var refused = ekiden.put("/v2/apps/locked", "{\"instances\": 3}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body().path("deployments").path(0).path("id").asText()).isEqualTo(held);

        var healthy = server("/locked", 3).toString();
        assertThat(ekiden.put("/v2/apps/locked?force=true", healthy).status()).isEqualTo(200);
        ekiden.awaitHealthy("/locked", 3);
        assertThat(deployments().map(one -> one.path("id").asText())).doesNotContain(held);
    }

    @Test
    void aGroupComesUpInTheOrderOfItsDependenciesAndGoesInReverse() {
        var group = JsonNodeFactory.instance.objectNode().put("id", "/tiers");
        var apps = group.putArray("apps");
        apps.add(server("web", 1).set("dependencies", texts("api")));
        apps.add(server("api", 1).set("dependencies", texts("db")));
        apps.add(server("db", 1));

        assertThat(ekiden.post("/v2/groups", group.toString()).status()).isEqualTo(201);

        List.of("/tiers/db", "/tiers/api", "/tiers/web").forEach(id -> ekiden.awaitHealthy(id, 1));
        assertThat(stagedAt("/tiers/db")).isBefore(stagedAt("/tiers/api"));
        assertThat(stagedAt("/tiers/api")).isBefore(stagedAt("/tiers/web"));
        var deleted = ekiden.delete("/v2/groups/tiers").body().path("deploymentId").asText();
        var steps =
                deployments()
                        .filter(one -> one.path("id").asText().equals(deleted))
                        .flatMap(one -> RunningEkiden.stream(one.path("steps")))
                        .map(step -> step.path("actions").path(0).path("app").asText())
                        .toList();
        assertThat(steps).containsExactly("/tiers/web", "/tiers/api", "/tiers/db");
        List.of("/tiers/web", "/tiers/api", "/tiers/db").forEach(ekiden::awaitGone);
    }

    @Test
    void anAppWithVolumesKeepsThemWhenScaledDownAndLosesThemWhenWiped() {
        var app = sleeper("/volumes", 2);
        var volume =
                app.putObject("container").put("type", "MESOS").putArray("volumes").addObject();
        volume.put("containerPath", "data")
                .put("mode", "RW")
                .putObject("persistent")
                .put("size", 1);
        deploy(app);
        var volumes = volumes("/volumes");
        assertThat(volumes).hasSize(2);

        deploy(app.put("instances", 1));
        assertThat(volumes("/volumes")).isEqualTo(volumes);
        deploy(app.put("instances", 2));
        assertThat(volumes("/volumes")).isEqualTo(volumes);

        var wiped = ekiden.tasks("/volumes").getFirst().path("id").asText();
        assertThat(ekiden.delete("/v2/apps/volumes/tasks/" + wiped + "?wipe=true").status())
                .isEqualTo(200);
        await().atMost(RunningEkiden.PATIENCE)
                .until(() ->
                        volumes("/volumes").size() == 2 && !volumes("/volumes").equals(volumes));
        assertThat(volumes("/volumes")).containsAnyElementsOf(volumes);
    }

    private List<String> volumes(String id) {
        return ekiden.tasks(id).stream()
                .flatMap(task -> RunningEkiden.stream(task.path("localVolumes")))
                .map(volume -> volume.path("persistenceId").asText())
                .sorted()
                .toList();
    }

    /// A new version that never becomes healthy.
    private void breakIt(String id) {
        assertThat(ekiden.put("/v2/apps" + id, "{\"cmd\": \"exec sleep 3600\"}").status())
                .isEqualTo(200);
    }

    private Instant stagedAt(String id) {
        return Instant.parse(ekiden.tasks(id).getFirst().path("stagedAt").asText());
    }

    private static ObjectNode strategy(ObjectNode app, double minimum, double over) {
        app.putObject("upgradeStrategy")
                .put("minimumHealthCapacity", minimum)
                .put("maximumOverCapacity", over);
        return app;
    }

    private static JsonNode texts(String... texts) {
        var array = JsonNodeFactory.instance.arrayNode();
        List.of(texts).forEach(array::add);
        return array;
    }
}
