package io.ekiden.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.gateway.Given;
import io.ekiden.model.App;
import io.ekiden.model.Deployment;
import io.ekiden.model.Instance;
import io.ekiden.model.Instance.Readiness;
import io.ekiden.model.ReadinessCheck;
import io.ekiden.model.ReadinessResponse;
import io.ekiden.model.Sorted;
import io.ekiden.state.ClusterImage;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadinessViewsTest {
    private static final App WEB = checked();
    private static final String WAIT =
            "false,\"lastResponse\":"
                    + "{\"status\":503,\"contentType\":\"text/plain\",\"body\":\"wait\"}";
    private static final Readiness NOT_YET =
            new Readiness(false, Optional.of(new ReadinessResponse(503, "text/plain", "wait")));
    private static final Readiness READY = new Readiness(true, Optional.empty());

    private static final Instance OLD =
            Given.running(WEB, 1).withReadiness(READY).withStagedAt(Given.NOON.minusSeconds(1));
    private static final Instance WAITS = Given.running(WEB, 2).withReadiness(NOT_YET);
    private static final Instance FRESH = Given.running(WEB, 3).withReadiness(READY);
    private static final ClusterImage IMAGE =
            Given.image(
                    Given.cluster(),
                    WEB,
                    OLD,
                    WAITS,
                    FRESH,
                    Given.running(WEB, 4),
                    Given.deployment(WEB.id(), Deployment.Kind.SCALE));

    private static App checked() {
        var check =
                new ReadinessCheck(
                        "warm",
                        ReadinessCheck.Protocol.HTTP,
                        "/",
                        "web",
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(10),
                        Sorted.copyOf(List.of(200)),
                        true);
        return Given.app("/web", Collections.emptySortedMap(), List.of(check));
    }

    private static String result(Instance instance, String rest) {
        return "{\"name\":\"warm\",\"taskId\":\"%s\",\"ready\":%s}"
                .formatted(instance.taskId(), rest);
    }

    @Test
    void aDeploymentTellsTheAnswersOfTheInstancesThatItLaunched() {
        var one = Ask.json(ClusterViews.deployments(Ask.of("/"), IMAGE)).get(0);

        assertThat(one.path("currentActions").get(0).path("readinessCheckResults").toString())
                .isEqualTo("[" + result(WAITS, WAIT) + "," + result(FRESH, "true") + "]");
    }

    @Test
    void anAppTellsAllAnswersWhenAskedAndNoneOfThemCountsAsHealth() {
        var request = Ask.of("/", "embed=apps.readiness", "embed=apps.counts");
        var app = Ask.json(AppViews.list(request, IMAGE)).path("apps").get(0);

        assertThat(app.path("readinessCheckResults").toString())
                .isEqualTo(
                        "["
                                + result(OLD, "true")
                                + ","
                                + result(WAITS, WAIT)
                                + ","
                                + result(FRESH, "true")
                                + "]");
        assertThat(app.path("tasksRunning").asInt()).isEqualTo(4);
        assertThat(app.path("tasksHealthy").asInt()).isZero();
        assertThat(app.path("tasksUnhealthy").asInt()).isZero();
    }
}
