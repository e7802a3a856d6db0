package io.ekiden.proxy;

import io.ekiden.model.Endpoint;
import io.ekiden.proxy.dns.MesosDnsApi;
import io.ekiden.proxy.dns.Zones;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What operators see of the proxy, on a port of its own: `/routes`, `/metrics`, marathon-lb's
/// `/_haproxy_health_check` (200 once the table is loaded), `/_haproxy_getvhostmap` and
/// `/_haproxy_getappmap`, HAProxy's statistics in CSV, and what Mesos-DNS has below `/v1/`.
final class Admin {
    private static final int IDLE_SECONDS = 60;

    private final ProxyConfig config;
    private final Routing routing;
    private final ServicePorts ports;
    private final Certificates certificates;
    private final HttpsPort https;
    private final VirtualAddresses virtualAddresses;
    private final Zones zones;
    private final MesosDnsApi names;
    private final EndpointFollower follower;
    private final Metrics metrics;

    Admin(
            ProxyConfig config,
            Routing routing,
            ServicePorts ports,
            Certificates certificates,
            HttpsPort https,
            VirtualAddresses virtualAddresses,
            Zones zones,
            MesosDnsApi names,
            EndpointFollower follower,
            Metrics metrics) {
        this.config = config;
        this.routing = routing;
        this.ports = ports;
        this.certificates = certificates;
        this.https = https;
        this.virtualAddresses = virtualAddresses;
        this.zones = zones;
        this.names = names;
        this.follower = follower;
        this.metrics = metrics;
    }

    Future<HttpServer> listen(Vertx vertx) {
        var options =
                new HttpServerOptions()
                        .setHttp2ClearTextEnabled(false)
                        .setIdleTimeout(IDLE_SECONDS);
        return vertx.createHttpServer(options)
                .requestHandler(this::handle)
                .listen(config.adminPort(), config.bindAddress());
    }

    private void handle(HttpServerRequest request) {
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            answer(request, 405, "text/plain", "Only GET is offered here.\n");
            return;
        }
        switch (request.path()) {
            case "/routes" -> answer(request, 200, "application/json", routes().encodePrettily());
            case "/metrics" -> answer(request, 200, "text/plain; version=0.0.4", metrics.text());
            case "/_haproxy_getvhostmap" -> answer(request, 200, "text/plain", vhosts());
            case "/_haproxy_health_check" -> {
                boolean loaded = follower.loaded().isDone();
                answer(
                        request,
                        loaded ? 200 : 503,
                        "text/plain",
                        loaded ? "ok\n" : "The endpoints are not loaded yet.\n");
            }
            case "/_haproxy_getappmap" -> answer(request, 200, "text/plain", apps());
            case "/haproxy" -> stats(request);
            case "/_haproxy_getconfig", "/_haproxy_getpids" -> noHaproxy(request);
            case "/_mlb_signal/hup", "/_mlb_signal/usr1" ->
                    answer(
                            request,
                            404,
                            "text/plain",
                            "There is nothing to reload: changes are in force at once.\n");
            case null -> unknown(request);
            default ->
                    names.answer(request.path())
                            .ifPresentOrElse(
                                    json -> answer(request, 200, "application/json", json),
                                    () -> unknown(request));
        }
    }

    private void stats(HttpServerRequest request) {
        if ("stats;csv".equals(request.query())) {
            answer(
                    request,
                    200,
                    "text/plain",
                    HaproxyStats.csv(routing.table(), System.nanoTime()));
        } else {
            noHaproxy(request);
        }
    }

    private static void noHaproxy(HttpServerRequest request) {
        answer(
                request,
                404,
                "text/plain",
                "There is no HAProxy here; /routes has the routes with their counters, /metrics and"
                        + " /haproxy?stats;csv the figures.\n");
    }

    private static void unknown(HttpServerRequest request) {
        answer(
                request,
                404,
                "text/plain",
                "/routes, /metrics, /haproxy?stats;csv, /_haproxy_health_check, /_haproxy_getvhostmap,"
                        + " /_haproxy_getappmap, /v1/version, /v1/config, /v1/hosts/HOST, /v1/services/SERVICE, /v1/enumerate\n");
    }

    private static void answer(HttpServerRequest request, int status, String type, String body) {
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", type)
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(body);
    }

    /// As marathon-lb writes it: host name, blank, backend.
    private String vhosts() {
        return routing.table().names().entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue().runSpecId().flat() + "\n")
                .collect(Collectors.joining());
    }

    /// As marathon-lb writes it: app id, blank, backend.
    private String apps() {
        return routing.table().apps().entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue().runSpecId().flat() + "\n")
                .collect(Collectors.joining());
    }

    private JsonObject routes() {
        var table = routing.table();
        var hosts = new JsonObject();
        table.names().forEach((name, route) -> hosts.put(name.toString(), route(route)));
        var servicePorts = new JsonObject();
        var refused = ports.problems();
        table.ports()
                .forEach((port, route) -> {
                    var json = route(route).put("listening", ports.isOpen(port));
                    Optional.ofNullable(refused.get(port))
                            .ifPresent(why -> json.put("problem", why));
                    servicePorts.put(Integer.toString(port), json);
                });
        var problems = new JsonArray();
        table.problems()
                .forEach(p ->
                        problems.add(
                                new JsonObject()
                                        .put("app", p.runSpecId().value())
                                        .put("reason", p.reason())));
        virtualAddresses
                .problems()
                .forEach(p ->
                        problems.add(
                                new JsonObject()
                                        .put("app", p.runSpecId().value())
                                        .put("reason", p.reason())));
        zones.problems()
                .forEach(p ->
                        problems.add(
                                new JsonObject()
                                        .put("app", p.runSpecId().value())
                                        .put("reason", p.reason())));
        var endpoints = new JsonArray();
        routing.endpoints().values().forEach(e -> endpoints.add(endpoint(e)));
        return new JsonObject()
                .put("proxy", config.proxyId())
                .put("loaded", follower.loaded().isDone())
                .put("staleSeconds", follower.sinceContact().toSeconds())
                .put("virtualHosts", hosts)
                .put("servicePorts", servicePorts)
                .put("tls", tls())
                .put("virtualAddresses", virtualAddresses.json())
                .put("problems", problems)
                .put("endpoints", endpoints);
    }

    private JsonObject tls() {
        var json =
                new JsonObject()
                        .put("certificates", new JsonArray(List.copyOf(certificates.files())))
                        .put("problems", new JsonObject(Map.copyOf(certificates.problems())));
        https.port().ifPresent(port -> json.put("port", port));
        https.problem().ifPresent(why -> json.put("problem", why));
        return json;
    }

    private static JsonObject route(Route route) {
        var backends = new JsonArray();
        route.all().forEach(b -> backends.add(b.key().substring(Endpoint.PREFIX.length())));
        return new JsonObject()
                .put("app", route.runSpecId().value())
                .put("mode", route.mode().name().toLowerCase(Locale.ROOT))
                .put("endpoints", backends);
    }

    private JsonObject endpoint(Endpoint endpoint) {
        var json =
                new JsonObject(
                        new LinkedHashMap<>(
                                Map.of(
                                        "id",
                                        endpoint.key().substring(Endpoint.PREFIX.length()),
                                        "app",
                                        endpoint.runSpecId().value(),
                                        "address",
                                        endpoint.host() + ":" + endpoint.port(),
                                        "state",
                                        endpoint.state().name())));
        routing.backend(endpoint.key())
                .ifPresent(b ->
                        json.put("inFlight", b.inFlight())
                                .put("requests", b.requests())
                                .put("failures", b.failures())
                                .put("ejected", b.ejected(System.nanoTime())));
        return json;
    }
}
