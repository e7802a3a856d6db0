package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.gateway.core.AppInfoJson.Counts;
import io.ekiden.model.App;
import io.ekiden.model.Pod;
import io.ekiden.model.Resources;
import io.ekiden.model.RunSpec;
import io.ekiden.model.Timestamps;
import io.ekiden.state.ClusterImage;
import io.ekiden.state.Phase;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.function.Function;

/// `GET /v2/services`: apps and pods with a word for how they are, page by page, for lists that are
/// longer than anybody wants to be sent. `q` is a part of the id; `sort` names a column, with `-`
/// before it downwards.
public final class ServiceViews {
    static final int PAGE = 50;
    static final int MAX_PAGE = 1000;

    private ServiceViews() {}

    public static Answer page(ApiRequest request, ClusterImage image) {
        var offset = number(request, "offset", 0, Integer.MAX_VALUE);
        var limit = number(request, "limit", PAGE, MAX_PAGE);
        var order = order(request.first("sort").orElse("id"));
        if (offset.isEmpty()) {
            return Answer.message(422, "offset is a number from 0");
        }
        if (limit.isEmpty()) {
            return Answer.message(422, "limit is a number from 0 to " + MAX_PAGE);
        }
        if (order.isEmpty()) {
            return Answer.message(
                    422, "sort is a field of the services, with a - before it downwards");
        }
        var part = request.first("q").orElse("").toLowerCase(Locale.ROOT);
        var rows =
                image.runSpecs().stream()
                        .filter(spec -> request.sees(spec.id()))
                        .filter(spec -> spec.id().value().contains(part))
                        .map(spec -> new Row(image, spec, request.now()))
                        .sorted(order.get())
                        .toList();
        var body = Answer.object();
        body.put("total", rows.size());
        body.put("offset", offset.getAsInt());
        var services = body.putArray("services");
        rows.stream()
                .skip(offset.getAsInt())
                .limit(limit.getAsInt())
                .forEach(row -> services.add(row.json()));
        return Answer.ok(body);
    }

    private static OptionalInt number(ApiRequest request, String name, int otherwise, int most) {
        var text = request.first(name);
        if (text.isEmpty()) {
            return OptionalInt.of(otherwise);
        }
        boolean fits = text.get().matches("[0-9]{1,10}") && Long.parseLong(text.get()) <= most;
        return fits ? OptionalInt.of(Integer.parseInt(text.get())) : OptionalInt.empty();
    }

    /// How a service is, in the words of Marathon's UI.
    private enum Status {
        DELAYED,
        DEPLOYING,
        RUNNING,
        SUSPENDED,
        WAITING;

        static Status of(ClusterImage image, RunSpec spec, int running, Instant now) {
            if (!image.deploymentsOf(spec.id()).isEmpty()) {
                return DEPLOYING;
            }
            if (spec.instances() == 0 && running == 0) {
                return SUSPENDED;
            }
            if (image.instancesOf(spec.id()).count(Phase::waiting) > 0) {
                return QueueJson.millisOfDelay(image, spec, now) > 0 ? DELAYED : WAITING;
            }
            return RUNNING;
        }

        String word() {
            return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
        }
    }

    /// Instances are looked at when they are asked for: those of a page, unless the order of all
    /// depends on them.
    private static final class Row {
        private final ClusterImage image;
        private final RunSpec spec;
        private final Instant now;
        private Optional<Counts> counts = Optional.empty();
        private Optional<Status> status = Optional.empty();

        Row(ClusterImage image, RunSpec spec, Instant now) {
            this.image = image;
            this.spec = spec;
            this.now = now;
        }

        RunSpec spec() {
            return spec;
        }

        Counts counts() {
            counts = counts.or(() -> Optional.of(Counts.of(TaskJson.listed(image, spec.id()))));
            return counts.orElseThrow();
        }

        Status status() {
            status = status.or(() -> Optional.of(Status.of(image, spec, counts().running(), now)));
            return status.orElseThrow();
        }

        double cpus() {
            return Resources.number(spec.footprint().cpus());
        }

        double mem() {
            return Resources.number(spec.footprint().mem());
        }

        double totalCpus() {
            return cpus() * spec.instances();
        }

        double totalMem() {
            return mem() * spec.instances();
        }

        ObjectNode json() {
            var json = Answer.object().put("id", spec.id().value());
            json.put("kind", spec.kind().name().toLowerCase(Locale.ROOT));
            json.put("status", status().word());
            json.put("instances", spec.instances());
            json.put("staged", counts().staged());
            json.put("running", counts().running());
            json.put("healthy", counts().healthy());
            json.put("unhealthy", counts().unhealthy());
            json.put("deployments", image.deploymentsOf(spec.id()).size());
            json.put("cpus", cpus());
            json.put("mem", mem());
            json.put("totalCpus", totalCpus());
            json.put("totalMem", totalMem());
            var labels = json.putObject("labels");
            labels(spec).forEach(labels::put);
            return json.put("version", Timestamps.format(spec.version()));
        }

        private static SortedMap<String, String> labels(RunSpec spec) {
            return switch (spec) {
                case App app -> app.labels();
                case Pod pod -> pod.labels();
            };
        }
    }

    /// Services that are alike in what they are sorted by are in the order of their ids.
    private static Optional<Comparator<Row>> order(String sort) {
        boolean down = sort.startsWith("-");
        return column(down ? sort.substring(1) : sort)
                .map(up -> down ? up.reversed() : up)
                .map(order -> order.thenComparing(row -> row.spec().id()));
    }

    /// Empty when there is no such column.
    private static Optional<Comparator<Row>> column(String name) {
        return switch (name) {
            case "id" -> by(row -> row.spec().id());
            case "kind" -> by(row -> row.spec().kind());
            case "status" -> by(Row::status);
            case "instances" -> by(row -> row.spec().instances());
            case "staged" -> by(row -> row.counts().staged());
            case "running" -> by(row -> row.counts().running());
            case "healthy" -> by(row -> row.counts().healthy());
            case "unhealthy" -> by(row -> row.counts().unhealthy());
            case "cpus" -> by(Row::cpus);
            case "mem" -> by(Row::mem);
            case "totalCpus" -> by(Row::totalCpus);
            case "totalMem" -> by(Row::totalMem);
            case "version" -> by(row -> row.spec().version());
            default -> Optional.empty();
        };
    }

    private static <T extends Comparable<? super T>> Optional<Comparator<Row>> by(
            Function<Row, T> value) {
        return Optional.of(Comparator.comparing(value));
    }
}
