package io.ekiden.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.gateway.core.access.Role;
import io.ekiden.gateway.http.EveryRoute;
import io.ekiden.log.Fact;
import io.ekiden.log.WantedChange;
import io.ekiden.model.Deployment;
import io.ekiden.model.PathId;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every route of the router × every kind of caller × every way to write a path, over real HTTP.
/// What is expected comes from the naive table below, which knows nothing of the gateway's own: a
/// route that is not in it fails the test.
class AuthorizationMatrixTest {
    /// `public`: nobody is asked. `user`: whoever is known. `see`, `change`: a viewer, a deployer
    /// of what is named. `glimpse`: a viewer of something in it. `root-…`: of `/`, which is what
    /// such a path names. `manage`: who has every capability there. `operate`: an operator of `/`.
    private static final String TABLE =
            """
            GET    /v2/apps                                 user
            POST   /v2/apps                                 change
            PUT    /v2/apps                                 change
            PATCH  /v2/apps                                 change
            GET    /v2/apps/*                               user
            GET    /v2/apps/*/tasks                         user
            GET    /v2/apps/{id...}/*                       see
            GET    /v2/apps/{id...}/*/tasks                 see
            GET    /v2/apps/{id...}/tasks                   see
            DELETE /v2/apps/{id...}/tasks                   change
            DELETE /v2/apps/{id...}/tasks/{task}            change
            POST   /v2/apps/{id...}/restart                 change
            DELETE /v2/apps/{id...}/restart                 change
            GET    /v2/apps/{id...}/versions                see
            GET    /v2/apps/{id...}/versions/{version}      see
            GET    /v2/apps/{id...}                         see
            PUT    /v2/apps/{id...}                         change
            PATCH  /v2/apps/{id...}                         change
            DELETE /v2/apps/{id...}                         change
            GET    /v2/pods                                 user
            POST   /v2/pods                                 change
            GET    /v2/pods/::status                        user
            GET    /v2/pods/{id...}::status                 see
            GET    /v2/pods/{id...}::versions               see
            GET    /v2/pods/{id...}::versions/{version}     see
            DELETE /v2/pods/{id...}::instances              change
            DELETE /v2/pods/{id...}::instances/{instance}   change
            GET    /v2/pods/{id...}                         see
            PUT    /v2/pods/{id...}                         change
            DELETE /v2/pods/{id...}                         change
            GET    /v2/tasks                                user
            POST   /v2/tasks/delete                         change
            GET    /v2/tasks/ended                          user
            GET    /v2/tasks/{task}/files/browse            see
            GET    /v2/tasks/{task}/files/read              see
            GET    /v2/tasks/{task}/files/download          see
            GET    /v2/tasks/{task}/logs/stdout             see
            GET    /v2/tasks/{task}/logs/stderr             see
            GET    /v2/tasks/{task}/usage                   see
            GET    /v2/tasks/{task}/exec                    manage
            GET    /v2/queue                                user
            DELETE /v2/queue/{id...}/delay                  change
            GET    /v2/services                             user
            GET    /v2/groups                               user
            POST   /v2/groups                               change
            PUT    /v2/groups                               change
            DELETE /v2/groups                               root-change
            GET    /v2/groups/apps                          user
            GET    /v2/groups/versions                      root-see
            GET    /v2/groups/versions/{version}            root-see
            GET    /v2/groups/{id...}/apps                  see
            GET    /v2/groups/{id...}/versions              see
            GET    /v2/groups/{id...}/versions/{version}    see
            GET    /v2/groups/{id...}                       see
            POST   /v2/groups/{id...}                       change
            PUT    /v2/groups/{id...}                       change
            PATCH  /v2/groups/{id...}                       change
            DELETE /v2/groups/{id...}                       change
            GET    /v2/deployments                          user
            DELETE /v2/deployments/{deployment}             change
            POST   /v2/deployments/{deployment}/pause       change
            POST   /v2/deployments/{deployment}/resume      change
            POST   /v2/deployments/{deployment}/promote     change
            GET    /v2/agents                               user
            GET    /v2/agents/{agent}                       user
            POST   /v2/agents/{agent}/drain                 operate
            DELETE /v2/agents/{agent}/drain                 operate
            GET    /v2/info                                 user
            GET    /v2/leader                               user
            DELETE /v2/leader                               operate
            GET    /v2/plugins                              user
            GET    /v2/events                               user
            GET    /v2/eventSubscriptions                   operate
            POST   /v2/eventSubscriptions                   operate
            DELETE /v2/eventSubscriptions                   operate
            GET    /v2/audit                                user
            GET    /v2/secrets                              user
            PUT    /v2/secrets/{id...}                      manage
            DELETE /v2/secrets/{id...}                      manage
            GET    /ping                                    public
            GET    /metrics                                 user
            GET    /metrics/prometheus                      user
            GET    /config                                  root-see
            GET    /logging                                 operate
            POST   /logging                                 operate
            GET    /openapi.json                            public
            GET    /                                        public
            GET    /ui                                      public
            GET    /ui/{path...}                            public
            """;

    /// How a path can be written, and what it means in the end.
    private static final Map<String, String> WAYS = new LinkedHashMap<>();

    static {
        WAYS.put("dev/web", "dev");
        WAYS.put("/dev//web/", "dev");
        WAYS.put("%2fdev%2Fweb", "dev");
        WAYS.put("prod/../dev/./web", "dev");
        WAYS.put("prod/web", "prod");
        WAYS.put("/prod//web/", "prod");
        WAYS.put("dev/../prod/web", "prod");
        WAYS.put("dev%2f..%2fprod%2fweb", "prod");
        WAYS.put("dev/%2e%2e/prod/web", "prod");
        WAYS.put("%2e%2e/dev/..%2f..%2fprod/web", "prod");
        WAYS.put("Dev/web", "neither");
        WAYS.put("devious/web", "neither");
    }

    private static final String OF_DEV = "-of-dev";
    private static final int IN_FLIGHT = 24;

    @TempDir static Path folder;

    private static TestCluster cluster;
    private static Http http;
    private static final List<Caller> CALLERS = new ArrayList<>();

    /// @param role empty when nobody is known by the header
    private record Caller(String name, Optional<Role> role, String path, String authorization) {}

    private record Cell(
            Caller caller, String method, String pattern, String way, String means, String rule) {}

    @BeforeAll
    static void start() {
        var tokens = new Tokens(folder);
        CALLERS.add(new Caller("nobody", Optional.empty(), "", ""));
        CALLERS.add(new Caller("garbage", Optional.empty(), "", "Bearer ekt_garbage"));
        var old = tokens.add("old", Role.ADMIN, "/", Optional.of(Instant.EPOCH));
        CALLERS.add(new Caller("expired", Optional.empty(), "", "Bearer " + old));
        for (var role : Role.values()) {
            for (var path : List.of("/dev", "/")) {
                var user = role.text() + (path.equals("/") ? "" : OF_DEV);
                var token = tokens.add(user, role, path);
                CALLERS.add(
                        new Caller(
                                role.text() + "@" + path,
                                Optional.of(role),
                                path,
                                "Bearer " + token));
            }
        }
        cluster = new TestCluster();
        var facts = new ArrayList<Fact>();
        facts.add(new Fact.ClusterPut(Given.cluster()));
        facts.add(new Fact.AgentPut(Given.agent("a1")));
        for (var id : List.of("/dev/web", "/prod/web", "/devious/web")) {
            var app = Given.app(id);
            facts.add(new Fact.RunSpecPut(app));
            facts.add(new Fact.InstancePut(Given.running(app, 1), Optional.empty(), ""));
            facts.add(new Fact.DeploymentStarted(deployment(app.id())));
        }
        cluster.planner().append(facts.toArray(Fact[]::new));
        cluster.planner()
                .script((_, _) ->
                        List.of(new Fact.Accepted(Given.NOON, Optional.empty(), List.of())));
        http = cluster.startSecured(tokens);
    }

    private static Deployment deployment(PathId app) {
        var made = Given.deployment(app, Deployment.Kind.SCALE);
        return Deployment.of(
                "d" + app.value().replace('/', '-'),
                made.version(),
                made.steps(),
                Optional.empty());
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static Map<String, String> table() {
        var rules = new LinkedHashMap<String, String>();
        TABLE.lines()
                .forEach(line -> {
                    var words = line.split(" +", -1);
                    rules.put(words[0] + " " + words[1], words[2]);
                });
        return rules;
    }

    @Test
    void theTableHasEveryRouteAndNoOther() {
        assertThat(new TreeSet<>(EveryRoute.lines())).isEqualTo(new TreeSet<>(table().keySet()));
    }

    @Test
    void everyCellIsAsTheTableSays() throws Exception {
        var cells = cells();
        assertThat(cells).hasSizeGreaterThan(1500);
        var wrong = new ConcurrentLinkedQueue<String>();
        var refused = new AtomicInteger();
        var room = new Semaphore(IN_FLIGHT);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var cell : cells) {
                room.acquire();
                threads.execute(() -> {
                    try {
                        int status = status(cell);
                        int expected = expected(cell);
                        refused.addAndGet(expected == 0 ? 0 : 1);
                        boolean asExpected =
                                expected == 0
                                        ? (status != 401 && status != 403 && status < 500)
                                                || isAgentAway(cell, status)
                                        : status == expected;
                        if (!asExpected) {
                            wrong.add("%d, not %d: %s".formatted(status, expected, cell));
                        }
                    } catch (Exception e) {
                        wrong.add(e + ": " + cell);
                    } finally {
                        room.release();
                    }
                });
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(refused.get()).isBetween(cells.size() / 4, cells.size() * 3 / 4);
        // The cells are nothing if the planner hears of what was refused: look at what it heard.
        assertThat(cluster.planner().seen())
                .isNotEmpty()
                .allSatisfy(AuthorizationMatrixTest::wasAllowed);
    }

    /// What reached the planner is of somebody who may change something, and, if he may only in
    /// `/dev`, says nothing of `/prod`.
    private static void wasAllowed(WantedChange wanted) {
        var user = wanted.actor().name();
        assertThat(user.replace(OF_DEV, "")).isIn("deployer", "operator", "admin");
        if (user.endsWith(OF_DEV)) {
            assertThat(wanted.change().toString()).doesNotContain("prod", "devious");
        }
        assertThat(wanted.actor().address()).contains("127.0.0.1");
    }

    private static List<Cell> cells() {
        var cells = new ArrayList<Cell>();
        table().forEach((route, rule) -> {
            var method = route.split(" ", -1)[0];
            var pattern = route.split(" ", -1)[1];
            boolean named = List.of("see", "change", "manage").contains(rule);
            for (var caller : CALLERS) {
                (named ? WAYS : Map.of("dev/web", "dev"))
                        .forEach((way, means) -> {
                            cells.add(new Cell(caller, method, pattern, way, means, rule));
                            if (method.equals("GET") && !pattern.equals("/v2/events")) {
                                cells.add(new Cell(caller, "HEAD", pattern, way, means, rule));
                            }
                        });
            }
        });
        return cells;
    }

    /// 401, 403, or 0 for anything else.
    private static int expected(Cell cell) {
        var caller = cell.caller();
        if (cell.rule().equals("public")) {
            return 0;
        }
        if (caller.role().isEmpty()) {
            return 401;
        }
        var role = caller.role().get();
        boolean everywhere = caller.path().equals("/");
        boolean there = everywhere || cell.means().equals("dev");
        boolean changes = role != Role.VIEWER;
        boolean may =
                switch (cell.rule()) {
                    case "user" -> true;
                    case "see" -> there;
                    case "change" -> there && changes;
                    case "manage" -> there && role == Role.ADMIN;
                    case "root-see" -> everywhere;
                    case "root-change" -> everywhere && changes;
                    case "operate" -> everywhere && (role == Role.OPERATOR || role == Role.ADMIN);
                    default -> throw new IllegalStateException(cell.rule());
                };
        return may ? 0 : 403;
    }

    /// There is no agent here whose files could be read.
    private static boolean isAgentAway(Cell cell, int status) {
        return status == 503 && cell.pattern().startsWith("/v2/tasks/{task}/");
    }

    private static int status(Cell cell) throws Exception {
        var request = http.request(path(cell));
        if (!cell.caller().authorization().isEmpty()) {
            request.header("Authorization", cell.caller().authorization());
        }
        // Nobody listens to it: whoever may look must not change by it, nor the other way round.
        boolean reads = cell.method().equals("GET") || cell.method().equals("HEAD");
        request.header("X-HTTP-Method-Override", reads ? "DELETE" : "GET");
        request.method(
                cell.method(),
                body(cell).map(BodyPublishers::ofString).orElseGet(BodyPublishers::noBody));
        return http.client().send(request.build(), BodyHandlers.discarding()).statusCode();
    }

    private static String owner(Cell cell) {
        return switch (cell.means()) {
            case "dev", "prod" -> cell.means();
            default -> "devious";
        };
    }

    private static String instance(Cell cell) {
        return owner(cell) + "_web.instance-0000-1";
    }

    private static String path(Cell cell) {
        return cell.pattern()
                .replace("{id...}", cell.way())
                .replace("{task}", instance(cell) + "._app.1")
                .replace("{instance}", instance(cell))
                .replace("{version}", "2026-11-23T12:00:00.000Z")
                .replace("{deployment}", "d-" + owner(cell) + "-web")
                .replace("{agent}", "a1")
                .replace("{path...}", "index.html");
    }

    private static final String POD =
            """
            {"id": "/%s/web", "containers": [{"name": "c", "exec": {"command": {"shell": "sleep 1"}},
             "resources": {"cpus": 0.1, "mem": 32}}]}\
            """;

    private static Optional<String> body(Cell cell) {
        var owner = owner(cell);
        var body =
                switch (cell.method() + " " + cell.pattern()) {
                    case "POST /v2/apps" -> "{'id': '/%s/web', 'cmd': 'x'}".formatted(owner);
                    case "PUT /v2/apps", "PATCH /v2/apps" ->
                            "[{'id': '/dev/web', 'cmd': 'x'}, {'id': '/%s/web', 'cmd': 'x'}]"
                                    .formatted(owner);
                    case "PUT /v2/apps/{id...}", "PATCH /v2/apps/{id...}" -> "{'cmd': 'x'}";
                    case "POST /v2/pods" -> POD.formatted(owner);
                    case "PUT /v2/pods/{id...}" -> POD.replace("\"id\": \"/%s/web\", ", "");
                    case "DELETE /v2/pods/{id...}::instances" -> "['%s']".formatted(instance(cell));
                    case "POST /v2/tasks/delete" ->
                            "{'ids': ['dev_web.instance-0000-1._app.1', '%s._app.1']}"
                                    .formatted(instance(cell));
                    case "POST /v2/groups", "PUT /v2/groups" ->
                            "{'id': '/%s/group', 'apps': []}".formatted(owner);
                    case "PUT /v2/secrets/{id...}" -> "{'value': 'x'}";
                    case "PATCH /v2/groups/{id...}" -> "{'enforceRole': false}";
                    case "POST /v2/groups/{id...}", "PUT /v2/groups/{id...}" -> "{'apps': []}";
                    case "POST /logging" ->
                            "{'logger': 'x', 'level': 'info', 'durationSeconds': 1}";
                    default -> "";
                };
        return Optional.of(body.replace('\'', '"')).filter(text -> !text.isEmpty());
    }

    @Test
    void optionsTellNothingButTheTable() {
        for (var path : List.of("/v2/apps/prod/web", "/v2/apps", "/v2/agents/a1/drain")) {
            var reply = http.send("OPTIONS", path);
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.text()).isEmpty();
        }
    }
}
