package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Rejection;
import io.ekiden.model.Deployment;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatewayServerTest {
    private static final String WEB = "{\"id\":\"/shop/web\",\"cmd\":\"sleep 1000\"}";

    private final TestCluster cluster = new TestCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aPostIsAnsweredByTheEntryThatDecidedIt() {
        var app = Given.app("/shop/web");
        var deployment = Given.deployment(app.id(), Deployment.Kind.SCALE);
        cluster.planner()
                .script((_, _) ->
                        List.of(
                                new Fact.RunSpecPut(app),
                                new Fact.DeploymentStarted(deployment),
                                new Fact.Accepted(
                                        Given.NOON, Optional.of(deployment.id()), List.of())));
        var http = cluster.start();

        var reply = http.send("POST", "/v2/apps", WEB);

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.header("Location")).isEqualTo("/shop/web");
        assertThat(reply.header("Marathon-Deployment-Id")).isEqualTo("d-1");
        assertThat(reply.header("X-Ekiden-Sequence")).isEqualTo("1");
        assertThat(reply.json().path("id").asText()).isEqualTo("/shop/web");
        assertThat(reply.json().path("tasksRunning").asInt(-1)).isZero();
        assertThat(reply.json().path("deployments").get(0).path("id").asText()).isEqualTo("d-1");
        assertThat(reply.json().has("versionInfo")).isFalse();
        assertThat(cluster.planner().seen().getFirst().change())
                .isInstanceOfSatisfying(
                        Change.CreateApp.class,
                        create -> assertThat(create.id()).isEqualTo(PathId.of("/shop/web")));
        var list = http.get("/v2/apps").json();
        assertThat(list.path("apps").get(0).path("id").asText()).isEqualTo("/shop/web");
    }

    @Test
    void aRefusalIsTheAnswerToo() {
        cluster.planner()
                .script((_, _) ->
                        List.of(
                                new Fact.Refused(
                                        new Rejection.AlreadyExists(
                                                RunSpec.Kind.APP, PathId.of("/shop/web")))));
        var http = cluster.start();

        var reply = http.send("POST", "/v2/apps", WEB);

        assertThat(reply.status()).isEqualTo(409);
        assertThat(reply.message()).isEqualTo("An app with id [/shop/web] already exists.");
    }
}
