package io.ekiden.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.gateway.Given;
import io.ekiden.model.App;
import io.ekiden.model.Condition;
import io.ekiden.model.Deployment;
import io.ekiden.state.ClusterImage;
import org.junit.jupiter.api.Test;

/// What is told of a deployment whose launches fail, and of the one that takes it back.
class FailedDeploymentViewsTest {
    private static final App WEB = Given.app("/web");
    private static final Deployment FAILING =
            Given.deployment(WEB.id(), Deployment.Kind.SCALE)
                    .withLaunchFailure(WEB.id())
                    .withLaunchFailure(WEB.id());

    private static ClusterImage image(Deployment deployment) {
        return Given.image(
                WEB, Given.instance(WEB, 1, Condition.SCHEDULED), deployment, Given.cluster());
    }

    @Test
    void theFailedLaunchesAreCounted() {
        var one = Ask.json(ClusterViews.deployments(Ask.of("/"), image(FAILING))).get(0);
        var item = Ask.json(ClusterViews.queue(Ask.of("/"), image(FAILING))).path("queue").get(0);

        assertThat(one.path("launchFailures").path("/web").asInt()).isEqualTo(2);
        assertThat(one.has("reverts")).isFalse();
        assertThat(item.path("launchFailures").asInt()).isEqualTo(2);
    }

    @Test
    void withoutAnyNothingIsSaid() {
        var image = image(Given.deployment(WEB.id(), Deployment.Kind.SCALE));

        assertThat(Ask.json(ClusterViews.deployments(Ask.of("/"), image)).get(0).fieldNames())
                .toIterable()
                .doesNotContain("launchFailures", "reverts");
        assertThat(
                        Ask.json(ClusterViews.queue(Ask.of("/"), image))
                                .path("queue")
                                .get(0)
                                .fieldNames())
                .toIterable()
                .doesNotContain("launchFailures");
    }
}
