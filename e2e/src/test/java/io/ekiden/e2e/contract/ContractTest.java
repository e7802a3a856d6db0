package io.ekiden.e2e.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.ekiden.e2e.SharedEkiden;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What the tests of the contract have in common: one Ekiden, and ids that nobody else uses.
abstract class ContractTest {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /// Needs neither a task nor a port.
    static final String NONE =
            "{'id': '%s', 'cmd': 'sleep 1', 'instances': 0, 'portDefinitions': []}";

    /// No agent has that much, so that its deployment goes on.
    static final String HUGE =
            "{'id': '%s', 'cmd': 'sleep 1', 'cpus': 10000, 'portDefinitions': []}";

    static final String POD =
            "{'id': '%s', 'scaling': {'kind': 'fixed', 'instances': %d}, 'containers': [{'name': 'c',"
                    + " 'exec': {'command': {'shell': 'exec sleep 3600'}},"
                    + " 'resources': {'cpus': 0.01, 'mem': 4}}]}";

    @RegisterExtension static final SharedEkiden EKIDEN = new SharedEkiden();

    private static final AtomicInteger NUMBER = new AtomicInteger();

    final Api api = new Api(EKIDEN.api());

    private final List<String> ids = new ArrayList<>();

    /// An absolute id of one segment that no other test uses; what it comes to name is deleted at
    /// the test's end.
    final String fresh() {
        ids.add("/t" + NUMBER.incrementAndGet());
        return ids.getLast();
    }

    @AfterEach
    final void leaveNothing() {
        for (var id : ids) {
            api.delete("/v2/apps" + id);
            api.delete("/v2/pods" + id + "?force=true");
            api.delete("/v2/groups" + id + "?force=true");
        }
    }

    /// Makes an app without instances.
    final String app() {
        var id = fresh();
        app(id);
        return id;
    }

    final void app(String id) {
        assertThat(api.post("/v2/apps", NONE, id).status()).isEqualTo(201);
        settled(id);
    }

    /// An app that weighs next to nothing, with so many instances that all run.
    final String running(int instances) {
        return running(instances, "");
    }

    /// @param more fields of the definition, each with a comma before it
    final String running(int instances, String more) {
        var id = fresh();
        var definition =
                "{'id': '%s', 'cmd': 'exec sleep 3600', 'cpus': 0.01, 'mem': 4, 'instances': %d"
                        + more
                        + "}";
        assertThat(api.post("/v2/apps", definition, id, instances).status()).isEqualTo(201);
        settled(id);
        return id;
    }

    final JsonNode appOf(String id) {
        return api.get("/v2/apps" + id).at("/app");
    }

    final List<String> tasks(String id) {
        return Api.each(api.get("/v2/apps" + id + "/tasks").at("/tasks"))
                .map(task -> task.path("id").asText())
                .toList();
    }

    /// Waits until no deployment of the app runs.
    final void settled(String id) {
        await(id + " to be deployed")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> appOf(id).path("deployments").isEmpty());
    }

    /// Waits until nothing is deployed of this group and below it.
    final void settledBelow(String group) {
        await(group + " to be deployed")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() ->
                        Api.each(api.get("/v2/deployments").json())
                                .noneMatch(one -> one.toString().contains("\"" + group)));
    }
}
