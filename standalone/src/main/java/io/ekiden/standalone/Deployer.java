package io.ekiden.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.ekiden.model.PathId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;

/// Deploys definitions over the API and watches until every app is healthy, its deployment over and
/// its service port open.
final class Deployer {
    private static final long FIRST_POLL_MS = 50;
    private static final long LAST_POLL_MS = 500;
    private static final int CONNECT_MS = 500;

    private final Api api;
    private final Instance instance;
    private final Terminal terminal;

    Deployer(Api api, Instance instance, Terminal terminal) {
        this.api = api;
        this.instance = instance;
        this.terminal = terminal;
    }

    /// Prints a result line for each app.
    ///
    /// @return the exit code that the results call for
    int deploy(List<Definitions> files, Duration timeout) throws IOException, InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        int exitCode = ExitCode.ENDED_AS_ASKED;
        var waiting = new LinkedHashSet<PathId>();
        var pods = new LinkedHashSet<PathId>();
        for (var file : files) {
            if (put(file, end)) {
                for (var definition : file.all()) {
                    switch (definition.kind()) {
                        case APP -> waiting.add(definition.id());
                        case POD -> pods.add(definition.id());
                        case GROUP -> members(api.get(definition.path()).body(), waiting, pods);
                    }
                }
            } else {
                exitCode = ExitCode.FAILED;
            }
        }
        boolean apps = watch(waiting, end, timeout);
        boolean all = new PodWatch(api, terminal).watch(pods, end, timeout) && apps;
        return all ? exitCode : ExitCode.NOT_HEALTHY;
    }

    private static void members(JsonNode group, Set<PathId> apps, Set<PathId> pods) {
        group.path("apps").forEach(app -> apps.add(PathId.of(app.path("id").asText())));
        group.path("pods").forEach(pod -> pods.add(PathId.of(pod.path("id").asText())));
        group.path("groups").forEach(inner -> members(inner, apps, pods));
    }

    /// One deployment for each file. What is there already is updated.
    private boolean put(Definitions file, long end) throws IOException, InterruptedException {
        var all = file.all();
        var list = JsonNodeFactory.instance.arrayNode();
        all.forEach(definition -> list.add(definition.json()));
        if (list.isEmpty()) {
            return true;
        }
        while (true) {
            var answer =
                    all.size() == 1
                            ? api.put(all.getFirst().path(), all.getFirst().json())
                            : api.put("/v2/apps", list);
            if (answer.ok()) {
                return true;
            }
            if (!answer.passing() || System.nanoTime() >= end) {
                all.forEach(definition -> failed(definition.id(), answer.problem()));
                return false;
            }
            terminal.progress("%s waits: %s".formatted(file.file(), answer.problem()));
            Thread.sleep(LAST_POLL_MS);
        }
    }

    private void failed(PathId id, String reason) {
        terminal.result("failed %s %s".formatted(id, reason.replaceAll("\\s+", " ").trim()));
    }

    private boolean watch(SequencedSet<PathId> waiting, long end, Duration timeout)
            throws IOException, InterruptedException {
        long pause = FIRST_POLL_MS;
        while (!waiting.isEmpty() && System.nanoTime() < end) {
            var states = new ArrayList<String>();
            for (var id : List.copyOf(waiting)) {
                var app = api.get("/v2/apps" + id).body().path("app");
                if (isHealthy(app) && isReachable(app)) {
                    terminal.result(healthyLine(id, app));
                    waiting.remove(id);
                } else {
                    states.add(stateOf(id, app));
                }
            }
            if (!waiting.isEmpty()) {
                terminal.progress("waiting for " + String.join(", ", states));
                Thread.sleep(pause);
                pause = Math.min(2 * pause, LAST_POLL_MS);
            }
        }
        for (var id : waiting) {
            failed(id, "not healthy within %d s: %s".formatted(timeout.toSeconds(), reason(id)));
        }
        return waiting.isEmpty();
    }

    private static String stateOf(PathId id, JsonNode app) {
        return "%s (%d of %d %s%s)"
                .formatted(
                        id,
                        good(app),
                        app.path("instances").asInt(),
                        isChecked(app) ? "healthy" : "running",
                        isHealthy(app) ? unreachable(app) : "");
    }

    private static String unreachable(JsonNode app) {
        return ", the load balancer does not answer on service port " + servicePort(app);
    }

    private static boolean isChecked(JsonNode app) {
        return !app.path("healthChecks").isEmpty();
    }

    private static int good(JsonNode app) {
        return app.path(isChecked(app) ? "tasksHealthy" : "tasksRunning").asInt();
    }

    private static boolean isHealthy(JsonNode app) {
        return app.isObject()
                && app.path("deployments").isEmpty()
                && good(app) >= app.path("instances").asInt();
    }

    /// The load balancer learns of an endpoint a moment after the API shows it.
    private boolean isReachable(JsonNode app) {
        int port = servicePort(app);
        if (port == 0 || app.path("instances").asInt() == 0) {
            return true;
        }
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(lbHost(), port), CONNECT_MS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private String lbHost() {
        return URI.create(instance.lb()).getHost();
    }

    private static int servicePort(JsonNode app) {
        var mapped = app.path("container").path("portMappings").path(0).path("servicePort");
        return app.path("portDefinitions").path(0).path("port").asInt(mapped.asInt());
    }

    private String healthyLine(PathId id, JsonNode app) {
        var line = new StringBuilder();
        line.append("healthy %s %d/%d".formatted(id, good(app), app.path("instances").asInt()));
        int port = servicePort(app);
        if (port != 0) {
            line.append(' ').append(Instance.url(lbHost(), port)).append('/');
        }
        var host = app.path("labels").path("HAPROXY_0_VHOST").asText();
        if (!host.isBlank()) {
            line.append(" host=").append(host);
        }
        return line.toString();
    }

    private boolean wantsDocker(PathId id) throws IOException, InterruptedException {
        var app = api.get("/v2/apps" + id).body().path("app");
        return app.path("container").path("type").asText().equals("DOCKER");
    }

    private boolean dockerRuns() throws IOException, InterruptedException {
        for (var agent : api.get("/v2/agents").body().path("agents")) {
            for (var runtime : agent.path("runtimes")) {
                if (runtime.asText().equals("DOCKER")) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Why an app is not healthy: what the queue or its last failure says.
    private String reason(PathId id) throws IOException, InterruptedException {
        if (wantsDocker(id) && !dockerRuns()) {
            return "no agent has a running Docker engine";
        }
        for (var item : api.get("/v2/queue").body().path("queue")) {
            if (item.path("app").path("id").asText().equals(id.toString())) {
                var refused = new ArrayList<String>();
                for (var reject :
                        item.path("processedOffersSummary").path("rejectSummaryLastOffers")) {
                    if (reject.path("declined").asInt() > 0) {
                        refused.add(reject.path("reason").asText());
                    }
                }
                if (!refused.isEmpty()) {
                    return "no agent fits: " + String.join(", ", refused);
                }
            }
        }
        var app = api.get("/v2/apps" + id + "?embed=app.lastTaskFailure").body().path("app");
        var failure = app.path("lastTaskFailure");
        return failure.isObject()
                ? "%s %s"
                        .formatted(failure.path("state").asText(), failure.path("message").asText())
                : "%d of %d%s"
                        .formatted(
                                good(app),
                                app.path("instances").asInt(),
                                isHealthy(app) ? unreachable(app) : "");
    }
}
