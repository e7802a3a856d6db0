package io.ekiden.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ekiden.gateway.Given;
import io.ekiden.model.App;
import io.ekiden.model.CheckResult;
import io.ekiden.model.Condition;
import io.ekiden.model.Deployment;
import io.ekiden.model.Group;
import io.ekiden.model.Instance;
import io.ekiden.model.LaunchDelay;
import io.ekiden.model.LaunchQueueItem;
import io.ekiden.model.LaunchQueueItem.Reason;
import io.ekiden.model.LaunchQueueItem.Refusal;
import io.ekiden.model.LaunchQueueItem.Rejected;
import io.ekiden.model.PathId;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.Sorted;
import io.ekiden.model.TaskFailure;
import io.ekiden.state.ClusterImage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ViewsTest {
    private static final App WEB =
            Given.app("/shop/web", Sorted.copyOf(Map.of("tier", "web", "env", "prod")));
    private static final App DB = Given.app("/shop/db", Sorted.copyOf(Map.of("tier", "db")));
    private static final App TOP = Given.app("/top");

    private static ClusterImage image() {
        return Given.image(
                Given.cluster(),
                WEB,
                DB,
                TOP,
                Given.kept(WEB, Given.NOON.minusSeconds(60)),
                Given.agent("a1"),
                Given.running(WEB, 1).withHealth(Optional.of(true), List.of(Given.health(true))),
                Given.running(WEB, 2)
                        .withHealth(
                                Optional.of(false),
                                List.of(Given.health(true), Given.health(false))),
                Given.instance(WEB, 3, Condition.STAGING),
                Given.instance(WEB, 4, Condition.SCHEDULED),
                Given.instance(DB, 5, Condition.UNREACHABLE),
                Given.deployment(WEB.id(), Deployment.Kind.START, Deployment.Kind.SCALE),
                new TaskFailure(
                        WEB.id(),
                        Given.running(WEB, 1).taskId(),
                        "TASK_FAILED",
                        "exit 1",
                        Optional.of("10.0.0.1"),
                        Optional.of("a1"),
                        Given.NOON,
                        Given.NOON));
    }

    private static JsonNode ok(Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        return Ask.json(answer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    id=SHOP                 | /shop/db /shop/web
                    id=w                    | /shop/web
                    cmd=Sleep               | /shop/db /shop/web /top
                    cmd=other               |
                    label=tier              | /shop/db /shop/web
                    label=tier==db          | /shop/db
                    label=tier,env!=test    | /shop/web
                    """)
    void theListIsFiltered(String filter, String ids) {
        var body = ok(AppViews.list(Ask.of("/", filter), image()));

        assertThat(body.path("apps").valueStream().map(app -> app.path("id").asText()))
                .containsExactly(ids == null ? new String[0] : ids.split(" "));
    }

    private static ClusterImage named(Optional<String> address) {
        var at =
                new Instance.Placement(
                        "a1",
                        "host1",
                        "10.0.0.1",
                        List.of(PortDefinition.NO_HOST_PORT),
                        5,
                        Optional.of(new Instance.OwnAddress("net", address)),
                        Optional.empty());
        return Given.image(
                Given.cluster(),
                WEB,
                Given.agent("a1"),
                Given.running(WEB, 1).withPlacement(Optional.of(at)));
    }

    @Test
    void aTaskOnAContainerNetworkHasItsOwnAddressAndNoPortOfTheHost() {
        var task = ok(TaskViews.ofApp(Ask.of("shop/web"), named(Optional.of("10.9.0.7"))));
        var before = ok(TaskViews.ofApp(Ask.of("shop/web"), named(Optional.empty())));

        assertThat(task.at("/tasks/0/ipAddresses"))
                .hasToString("[{\"ipAddress\":\"10.9.0.7\",\"protocol\":\"IPv4\"}]");
        assertThat(task.at("/tasks/0/ports")).isEmpty();
        assertThat(task.at("/tasks/0/host").asText()).isEqualTo("host1");
        assertThat(before.at("/tasks/0/ipAddresses")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    containerNetworks=       |
                    containerNetworks=other  |
                    containerNetworks=a,net  | 10.9.0.7:1024
                    containerNetworks=*      | 10.9.0.7:1024
                    """)
    void asTextATasksOwnPortIsForThoseWhoAskForItsNetwork(String query, String endpoint) {
        var request = Ask.of(Map.of("id", "shop/web"), "text/plain", query);

        var known = TaskViews.ofApp(request, named(Optional.of("10.9.0.7")));
        var unknown = TaskViews.ofApp(request, named(Optional.empty()));

        var line = "shop_web\t10000\t";
        assertThat(text(known))
                .isEqualTo(endpoint == null ? line + "\n" : line + endpoint + "\t\n");
        assertThat(text(unknown)).isEqualTo(line + "\n");
    }

    private static String text(Answer answer) {
        return ((Answer.Body.Text) answer.body()).text();
    }

    @Test
    void aWrongSelectorIsRefusedInMarathonsWords() {
        var answer = AppViews.list(Ask.of("/", "label=a in"), image());

        assertThat(answer.status()).isEqualTo(422);
        assertThat(Ask.json(answer).path("message").asText())
                .startsWith("Can not parse label selector a in. Reason: ");
    }

    @Test
    void theListHasCountsAndDeploymentsAndMoreOnlyWhenAsked() {
        var plain = ok(AppViews.list(Ask.of("/", "id=web"), image())).path("apps").get(0);
        var more =
                ok(AppViews.list(
                                Ask.of(
                                        "/",
                                        "id=web",
                                        "embed=apps.tasks",
                                        "embed=lastTaskFailure",
                                        "embed=apps.taskStats",
                                        "embed=nonsense"),
                                image()))
                        .path("apps")
                        .get(0);

        assertThat(plain.path("tasksStaged").asInt()).isEqualTo(1);
        assertThat(plain.path("tasksRunning").asInt()).isEqualTo(2);
        assertThat(plain.path("tasksHealthy").asInt()).isEqualTo(1);
        assertThat(plain.path("tasksUnhealthy").asInt()).isEqualTo(1);
        assertThat(plain.path("deployments").get(0).path("id").asText()).isEqualTo("d-1");
        assertThat(plain.has("tasks")).isFalse();
        assertThat(more.path("tasks")).hasSize(3);
        assertThat(more.path("lastTaskFailure").path("message").asText()).isEqualTo("exit 1");
        var total = more.path("taskStats").path("totalSummary").path("stats");
        assertThat(total.path("counts").path("running").asInt()).isEqualTo(2);
        assertThat(total.path("lifeTime").path("medianSeconds").asDouble()).isEqualTo(60.0);
        assertThat(more.path("taskStats").has("withOutdatedConfig")).isFalse();
    }

    @Test
    void oneAppComesWithItsTasks() {
        var app = ok(AppViews.one(Ask.of("//shop//web/"), image())).path("app");

        assertThat(app.path("version").asText()).isEqualTo("2026-11-23T12:00:00.000Z");
        assertThat(app.has("versionInfo")).isTrue();
        assertThat(app.path("tasks")).hasSize(3);
        assertThat(app.has("lastTaskFailure")).isTrue();
        var missing = AppViews.one(Ask.of("/none"), image());
        assertThat(missing.status()).isEqualTo(404);
        assertThat(Ask.json(missing).path("message").asText())
                .isEqualTo("App '/none' does not exist");
    }

    @Test
    void aTaskHasMarathonsFieldsAndNoOthers() {
        var tasks = ok(TaskViews.ofApp(Ask.of("shop/web"), image())).path("tasks");
        var unreachable = ok(TaskViews.ofApp(Ask.of("shop/db"), image())).path("tasks").get(0);

        assertThat(Ask.fields(tasks.get(0)))
                .containsExactly(
                        "appId",
                        "healthCheckResults",
                        "host",
                        "id",
                        "ipAddresses",
                        "ports",
                        "role",
                        "slaveId",
                        "stagedAt",
                        "startedAt",
                        "state",
                        "version");
        assertThat(tasks.get(0).path("ipAddresses").get(0).path("ipAddress").asText())
                .isEqualTo("10.0.0.1");
        assertThat(tasks.get(0).path("state").asText()).isEqualTo("TASK_RUNNING");
        assertThat(tasks.get(0).path("ports").get(0).asInt()).isEqualTo(31001);
        assertThat(tasks.get(0).path("healthCheckResults").get(0).path("alive").asBoolean())
                .isTrue();
        assertThat(Ask.fields(unreachable))
                .doesNotContain("ports", "stagedAt", "startedAt", "version");
        assertThat(unreachable.path("state").asText()).isEqualTo("TASK_UNREACHABLE");
    }

    @Test
    void aTaskTellsWhatItsCheckHasFoundLast() {
        var image = image();
        for (var found :
                List.of(
                        new CheckResult.Http(503),
                        new CheckResult.Tcp(true),
                        new CheckResult.Command(2))) {
            image.put(Given.running(WEB, 1).withCheck("_app", Optional.of(found)));
            var told = ok(TaskViews.ofApp(Ask.of("shop/web"), image)).path("tasks").get(0);

            assertThat(told.path("checkResult").toString())
                    .isEqualTo(
                            switch (found) {
                                case CheckResult.Http _ -> "{\"http\":{\"statusCode\":503}}";
                                case CheckResult.Tcp _ -> "{\"tcp\":{\"succeeded\":true}}";
                                case CheckResult.Command _ -> "{\"command\":{\"exitCode\":2}}";
                            });
        }
    }

    @Test
    void aTaskTellsItsAgentsRegionAndZone() {
        var image = image();
        image.put(Given.agent("a1", Map.of("region", "eu", "zone", "eu-1")));

        var task = ok(TaskViews.ofApp(Ask.of("shop/web"), image)).path("tasks").get(0);

        assertThat(task.path("region").asText()).isEqualTo("eu");
        assertThat(task.path("zone").asText()).isEqualTo("eu-1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    status=running                  | 2
                    status=staging                  | 1
                    status=staging status=running   | 3
                    status[]=running                | 2
                    status=bogus                    | 4
                    """)
    void allTasksAreFilteredByStatus(String query, int count) {
        var tasks = ok(TaskViews.all(Ask.of("/", query.split(" ")), image())).path("tasks");

        assertThat(tasks).hasSize(count);
        assertThat(tasks.get(0).path("servicePorts").get(0).asInt()).isEqualTo(10000);
    }

    @Test
    void loadBalancerScriptsReadText() {
        var answer = TaskViews.all(Ask.of(Map.of(), "text/plain"), image());

        assertThat(((Answer.Body.Text) answer.body()).text())
                .isEqualTo(
                        """
                        shop_db\t10000\t
                        shop_web\t10000\t10.0.0.1:31001\t10.0.0.1:31002\t
                        top\t10000\t
                        """);
    }

    @Test
    void aGroupIsItsWholeTree() {
        var shop = ok(AppViews.group(Ask.of("shop"), image())).path("*");
        var all = ok(AppViews.group(Ask.of("/"), image())).path("*");
        var none = AppViews.group(Ask.of("none"), image());
        var tasks = ok(TaskViews.ofGroup(Ask.of("shop"), image())).path("tasks");

        assertThat(shop).hasSize(2);
        assertThat(all).hasSize(3);
        assertThat(tasks).hasSize(4);
        assertThat(none.status()).isEqualTo(404);
        assertThat(Ask.json(none).path("message").asText())
                .isEqualTo("Group '/none' does not exist");
        assertThat(AppViews.group(Ask.of("top"), image()).status()).isEqualTo(404);
    }

    @Test
    void aGroupWithoutAppsHasNone() {
        var image = Given.image(Group.empty(PathId.of("/empty"), Given.NOON));

        assertThat(ok(AppViews.group(Ask.of("empty"), image)).path("*")).isEmpty();
    }

    @Test
    void versionsAreListedNewestFirstAndShown() {
        var versions = ok(AppViews.versions(Ask.of("shop/web"), image())).path("versions");
        var old = Map.of("id", "shop/web", "version", "2026-11-23T11:59:00Z");
        var never = Map.of("id", "shop/web", "version", "2020-01-01T00:00:00Z");
        var wrong = Map.of("id", "shop/web", "version", "now");

        assertThat(Ask.texts(versions))
                .containsExactly("2026-11-23T12:00:00.000Z", "2026-11-23T11:59:00.000Z");
        assertThat(ok(AppViews.version(Ask.of(old, "*/*"), image())).path("version").asText())
                .isEqualTo("2026-11-23T11:59:00.000Z");
        assertThat(
                        Ask.json(AppViews.version(Ask.of(never, "*/*"), image()))
                                .path("message")
                                .asText())
                .isEqualTo("App '/shop/web' does not exist in version 2020-01-01T00:00:00.000Z");
        assertThat(AppViews.version(Ask.of(wrong, "*/*"), image()).status()).isEqualTo(422);
    }

    @Test
    void aDeploymentTellsItsStepsAndWhereItIs() {
        var one = ok(ClusterViews.deployments(Ask.of("/"), image())).get(0);

        assertThat(one.path("id").asText()).isEqualTo("d-1");
        assertThat(one.path("totalSteps").asInt()).isEqualTo(2);
        assertThat(one.path("currentStep").asInt()).isEqualTo(1);
        assertThat(Ask.texts(one.path("affectedApps"))).containsExactly("/shop/web");
        assertThat(one.path("affectedPods").isArray()).isTrue();
        assertThat(one.path("currentActions").get(0).path("action").asText())
                .isEqualTo("StartApplication");
        assertThat(one.path("currentActions").get(0).path("readinessCheckResults").isArray())
                .isTrue();
        assertThat(one.path("steps").get(1).path("actions").get(0).path("action").asText())
                .isEqualTo("ScaleApplication");
    }

    @Test
    void theQueueTellsWhyInstancesWait() {
        var image = image();
        image.put(
                new LaunchQueueItem(
                        WEB.id(),
                        Given.NOON,
                        10,
                        List.of(
                                new Rejected(Reason.InsufficientCpus, 6),
                                new Rejected(Reason.InsufficientPorts, 4)),
                        List.of(
                                new Refusal("a1", Reason.InsufficientPorts, "1 port", "none"),
                                new Refusal("gone", Reason.InsufficientCpus, "cpus 1", "cpus 0")),
                        Given.NOON));
        image.put(
                new LaunchDelay(
                        WEB.id(),
                        Given.NOON,
                        Duration.ofSeconds(100),
                        Given.NOON.plusMillis(64_500),
                        false,
                        Given.NOON.plusSeconds(1000)));

        var queue =
                ok(ClusterViews.queue(Ask.of("/", "embed=lastUnusedOffers"), image)).path("queue");

        assertThat(queue).hasSize(1);
        var unused = queue.get(0).path("lastUnusedOffers");
        assertThat(unused).hasSize(1);
        assertThat(unused.get(0).path("reason").toString()).isEqualTo("[\"InsufficientPorts\"]");
        assertThat(unused.get(0).path("wanted").asText()).isEqualTo("1 port");
        var offer = unused.get(0).path("offer");
        assertThat(offer.path("hostname").asText()).isEqualTo("host-a1");
        assertThat(offer.path("attributes").toString())
                .isEqualTo("[{\"name\":\"rack\",\"text\":\"r1\"}]");
        assertThat(offer.path("resources").get(0).toString())
                .isEqualTo("{\"name\":\"cpus\",\"role\":\"*\",\"scalar\":1.6}");
        assertThat(offer.path("resources").get(4).path("ranges")).isNotEmpty();
        var item = queue.get(0);
        assertThat(item.path("app").path("id").asText()).isEqualTo("/shop/web");
        assertThat(item.path("count").asInt()).isEqualTo(1);
        assertThat(item.path("delay").path("timeLeftSeconds").asInt()).isEqualTo(5);
        assertThat(item.path("delay").path("overdue").asBoolean()).isFalse();
        var funnel = item.path("processedOffersSummary").path("rejectSummaryLastOffers");
        assertThat(funnel).hasSize(Reason.values().length);
        assertThat(funnel.get(4).toString())
                .isEqualTo("{\"reason\":\"InsufficientCpus\",\"declined\":6,\"processed\":10}");
        assertThat(funnel.get(8).toString())
                .isEqualTo("{\"reason\":\"InsufficientPorts\",\"declined\":4,\"processed\":4}");
        assertThat(funnel.get(9).path("processed").asInt()).isZero();
    }

    @Test
    void withoutADelayAWaitingAppIsOverdue() {
        var item = ok(ClusterViews.queue(Ask.of("/"), image())).path("queue").get(0);

        assertThat(item.path("delay").path("overdue").asBoolean()).isTrue();
        assertThat(item.path("since").asText()).isEqualTo("2026-11-23T12:00:00.000Z");
    }

    @Test
    void anAgentTellsWhatItHasAndWhatIsInUse() {
        var agent =
                ok(ClusterViews.agent(Ask.of(Map.of("agent", "a1"), "*/*"), image())).path("agent");

        assertThat(agent.path("hostname").asText()).isEqualTo("host-a1");
        assertThat(agent.path("state").asText()).isEqualTo("ACTIVE");
        assertThat(agent.path("tasks").asInt()).isEqualTo(4);
        assertThat(agent.path("resources").path("total").path("cpus").asDouble()).isEqualTo(2.0);
        assertThat(agent.path("resources").path("used").path("cpus").asDouble()).isEqualTo(0.4);
        assertThat(agent.path("resources").path("free").path("mem").asDouble()).isEqualTo(896.0);
        assertThat(agent.path("usedPorts")).hasSize(4);
        assertThat(agent.path("attributes").path("rack").asText()).isEqualTo("r1");
        assertThat(ClusterViews.agent(Ask.of(Map.of("agent", "x"), "*/*"), image()).status())
                .isEqualTo(404);
        assertThat(ok(ClusterViews.agents(Ask.of("/"), image())).path("agents")).hasSize(1);
    }

    @Test
    void infoAndLeaderTellWhoWeAre() {
        var about = new About("ekiden", "1.2.3", "gw", 8080, false);

        var info = ok(ClusterViews.info(about, image()));
        assertThat(info.path("version").asText()).isEqualTo("1.2.3");
        assertThat(info.path("frameworkId").asText()).isEqualTo("cluster-1");
        assertThat(info.path("elected").asBoolean()).isTrue();
        assertThat(info.path("marathon_config")).hasSize(41);
        assertThat(info.path("zookeeper_config")).hasSize(8);
        assertThat(ok(ClusterViews.leader(about, image())).path("leader").asText())
                .isEqualTo("gw:8080");
        assertThat(ClusterViews.leader(about, Given.image()).status()).isEqualTo(404);
    }

    @Test
    void idsAreComparedWhole() {
        // "/shop" must not take in "/shopping".
        var image = Given.image(Given.app("/shopping/web"));
        assertThat(AppViews.group(Ask.of("shop"), image).status()).isEqualTo(404);
        assertThat(PathId.of("shop")).isNotEqualTo(PathId.of("shopping"));
    }
}
