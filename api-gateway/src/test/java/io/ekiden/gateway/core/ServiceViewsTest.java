package io.ekiden.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ekiden.gateway.Given;
import io.ekiden.model.App;
import io.ekiden.model.Condition;
import io.ekiden.model.Deployment;
import io.ekiden.model.Instance;
import io.ekiden.model.LaunchDelay;
import io.ekiden.state.ClusterImage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceViewsTest {
    private static final App DELAYED = Given.app("/delayed");
    private static final App DEPLOYING = Given.app("/deploying");
    private static final App RUNNING = Given.app("/shop/running");
    private static final App SUSPENDED = Given.app("/shop/suspended").withInstances(0);
    private static final App WAITING = Given.app("/shop/waiting").withInstances(5);

    private static ClusterImage image() {
        return Given.image(
                DELAYED,
                DEPLOYING,
                RUNNING,
                SUSPENDED,
                WAITING,
                Given.instance(DELAYED, 1, Condition.SCHEDULED),
                new LaunchDelay(
                        DELAYED.id(),
                        Given.NOON,
                        Duration.ofSeconds(100),
                        Given.NOON.plusSeconds(100),
                        false,
                        Given.NOON.plusSeconds(1000)),
                Given.deployment(DEPLOYING.id(), Deployment.Kind.SCALE),
                Given.instance(DEPLOYING, 1, Condition.STAGING),
                Given.running(RUNNING, 1).withHealth(Optional.of(true), healthy(true)),
                Given.running(RUNNING, 2).withHealth(Optional.of(false), healthy(false)),
                Given.instance(WAITING, 1, Condition.SCHEDULED));
    }

    private static List<Instance.HealthResult> healthy(boolean alive) {
        return List.of(Given.health(alive));
    }

    private static JsonNode page(ClusterImage image, String... query) {
        var answer = ServiceViews.page(Ask.of("/", query), image);
        assertThat(answer.status()).isEqualTo(200);
        return Ask.json(answer);
    }

    @Test
    void eachHasItsWordAndItsFigures() {
        var page = page(image());

        assertThat(page.path("total").asInt()).isEqualTo(5);
        assertThat(page.path("offset").asInt()).isZero();
        assertThat(page.path("services").valueStream().map(s -> s.path("status").asText()))
                .containsExactly("Delayed", "Deploying", "Running", "Suspended", "Waiting");
        var running = page.path("services").get(2);
        assertThat(Ask.fields(running))
                .containsExactly(
                        "cpus",
                        "deployments",
                        "healthy",
                        "id",
                        "instances",
                        "kind",
                        "labels",
                        "mem",
                        "running",
                        "staged",
                        "status",
                        "totalCpus",
                        "totalMem",
                        "unhealthy",
                        "version");
        assertThat(running.path("kind").asText()).isEqualTo("app");
        assertThat(running.path("running").asInt()).isEqualTo(2);
        assertThat(running.path("healthy").asInt()).isEqualTo(1);
        assertThat(running.path("unhealthy").asInt()).isEqualTo(1);
        assertThat(running.path("totalCpus").asDouble()).isEqualTo(0.2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    q=SHOP sort=id            | 3 | /shop/running /shop/suspended /shop/waiting
                    q=none                    | 0 |
                    limit=2                   | 5 | /delayed /deploying
                    offset=2 limit=2          | 5 | /shop/running /shop/suspended
                    offset=9                  | 5 |
                    limit=0                   | 5 |
                    sort=-id limit=1          | 5 | /shop/waiting
                    sort=-instances limit=2   | 5 | /shop/waiting /delayed
                    sort=instances limit=1    | 5 | /shop/suspended
                    sort=-running limit=1     | 5 | /shop/running
                    sort=-totalCpus limit=1   | 5 | /shop/waiting
                    sort=status limit=1       | 5 | /delayed
                    """)
    void itIsPagedSortedAndFiltered(String query, int total, String ids) {
        var page = page(image(), query.split(" "));

        assertThat(page.path("total").asInt()).isEqualTo(total);
        assertThat(page.path("services").valueStream().map(s -> s.path("id").asText()))
                .containsExactly(ids == null ? new String[0] : ids.split(" "));
    }

    @ParameterizedTest
    @CsvSource({"offset=-1", "offset=x", "limit=1001", "limit=", "sort=color", "sort=--id"})
    void whatIsNoPageIsRefused(String query) {
        assertThat(ServiceViews.page(Ask.of("/", query), image()).status()).isEqualTo(422);
    }

    @Test
    void aPageHasFiftyUnlessAskedForMore() {
        var apps = IntStream.range(0, 60).mapToObj(n -> Given.app("/a" + n)).toArray(App[]::new);
        var image = Given.image(apps);

        assertThat(page(image).path("services")).hasSize(50);
        assertThat(page(image, "limit=1000").path("services")).hasSize(60);
    }
}
