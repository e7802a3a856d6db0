package io.ekiden.proxy;

import io.ekiden.model.Endpoint;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/// The proxy's figures in Prometheus' text format. Per endpoint only what an endpoint itself
/// counts; nothing is added up per request for them.
final class Metrics {
    private final Routing routing;
    private final EndpointFollower follower;
    private final Reports reports;
    private final AtomicInteger clients;
    private final LongSupplier dnsAnswers;

    Metrics(
            Routing routing,
            EndpointFollower follower,
            Reports reports,
            AtomicInteger clients,
            LongSupplier dnsAnswers) {
        this.routing = routing;
        this.follower = follower;
        this.reports = reports;
        this.clients = clients;
        this.dnsAnswers = dnsAnswers;
    }

    String text() {
        var out = new StringBuilder(4096);
        var table = routing.table();
        gauge(out, "endpoints", "Endpoints in the table.", routing.endpoints().size());
        gauge(out, "virtual_hosts", "Virtual hosts in the table.", table.names().size());
        gauge(out, "service_ports", "Service ports in the table.", table.ports().size());
        gauge(out, "problems", "Labels and ports that are not served.", table.problems().size());
        gauge(out, "client_connections", "Open client connections.", clients.get());
        gauge(out, "kafka_lag_records", "Endpoint records not yet seen.", follower.lag());
        seconds(
                out,
                "table_stale_seconds",
                "Since Kafka last said what is new.",
                follower.sinceContact());
        seconds(
                out,
                "kafka_silent_seconds",
                "Since Kafka last took a report.",
                reports.sinceLastAck());
        gauge(out, "reports_unsent", "Reports that Kafka has not taken yet.", reports.unsent());
        counter(out, "unreadable_records_total", "Records set aside.", follower.unreadable());
        counter(out, "dns_answers_total", "Questions for names.", dnsAnswers.getAsLong());
        perEndpoint(out, "requests_total", "Requests and connections.", "counter");
        perEndpoint(out, "failures_total", "Failed ones.", "counter");
        perEndpoint(out, "in_flight", "Those in flight.", "gauge");
        return out.toString();
    }

    private void perEndpoint(StringBuilder out, String name, String help, String type) {
        head(out, name, help, type);
        for (var endpoint : routing.endpoints().values()) {
            routing.backend(endpoint.key())
                    .ifPresent(backend -> sample(out, name, endpoint, backend));
        }
    }

    private static void sample(StringBuilder out, String name, Endpoint endpoint, Backend backend) {
        long value =
                switch (name) {
                    case "requests_total" -> backend.requests();
                    case "failures_total" -> backend.failures();
                    default -> backend.inFlight();
                };
        out.append("ekiden_proxy_")
                .append(name)
                .append("{app=\"")
                .append(escaped(endpoint.runSpecId().value()))
                .append("\",endpoint=\"")
                .append(escaped(endpoint.key().substring(Endpoint.PREFIX.length())))
                .append("\"} ")
                .append(value)
                .append('\n');
    }

    private static void gauge(StringBuilder out, String name, String help, long value) {
        head(out, name, help, "gauge");
        out.append("ekiden_proxy_").append(name).append(' ').append(value).append('\n');
    }

    private static void counter(StringBuilder out, String name, String help, long value) {
        head(out, name, help, "counter");
        out.append("ekiden_proxy_").append(name).append(' ').append(value).append('\n');
    }

    private static void seconds(StringBuilder out, String name, String help, Duration value) {
        head(out, name, help, "gauge");
        out.append("ekiden_proxy_")
                .append(name)
                .append(' ')
                .append(value.toMillis() / 1000.0)
                .append('\n');
    }

    private static void head(StringBuilder out, String name, String help, String type) {
        out.append("# HELP ekiden_proxy_").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ekiden_proxy_").append(name).append(' ').append(type).append('\n');
    }

    private static String escaped(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
