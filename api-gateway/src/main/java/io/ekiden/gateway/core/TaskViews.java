package io.ekiden.gateway.core;

import io.ekiden.model.App;
import io.ekiden.model.Condition;
import io.ekiden.model.Instance;
import io.ekiden.model.PortDefinition;
import io.ekiden.state.ClusterImage;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The reads of tasks: `/v2/tasks` and `/v2/apps/{id}/tasks`, as JSON and as the text that
/// load-balancer scripts read.
public final class TaskViews {
    private TaskViews() {}

    public static Answer all(ApiRequest request, ClusterImage image) {
        if (Accept.of(request.accept()).prefersText()) {
            return text(request, image, visible(request, image.apps()));
        }
        var wanted = status(request);
        var body = Answer.object();
        var tasks = body.putArray("tasks");
        image.instances().stream()
                .filter(TaskJson::isListed)
                .filter(instance -> request.sees(instance.runSpecId()))
                .filter(instance -> wanted.isEmpty() || wanted.contains(instance.condition()))
                .forEach(instance -> tasks.add(TaskJson.withServicePorts(image, instance)));
        return Answer.ok(body);
    }

    /// Unknown values are dropped; when none is left, everything is shown.
    private static Set<Condition> status(ApiRequest request) {
        var wanted = EnumSet.noneOf(Condition.class);
        Stream.of("status", "status[]")
                .flatMap(name -> request.all(name).stream())
                .forEach(value -> {
                    switch (value) {
                        case "running" -> wanted.add(Condition.RUNNING);
                        case "staging" ->
                                wanted.addAll(
                                        EnumSet.of(
                                                Condition.PROVISIONED,
                                                Condition.STAGING,
                                                Condition.STARTING));
                        default -> {} // as Marathon does
                    }
                });
        return wanted;
    }

    public static Answer ofApp(ApiRequest request, ClusterImage image) {
        var id = request.id();
        return image.app(id)
                .map(app -> tasks(request, image, List.of(app)))
                .orElseGet(() -> Failures.noApp(id));
    }

    public static Answer ofGroup(ApiRequest request, ClusterImage image) {
        var group = request.id();
        Predicate<App> within = app -> AppViews.isInGroup(app, group);
        return AppViews.groupExists(image, group)
                ? tasks(
                        request,
                        image,
                        visible(request, image.apps()).stream().filter(within).toList())
                : AppViews.noGroup(group);
    }

    private static List<App> visible(ApiRequest request, Collection<App> apps) {
        return apps.stream().filter(app -> request.sees(app.id())).toList();
    }

    private static Answer tasks(ApiRequest request, ClusterImage image, Collection<App> apps) {
        if (Accept.of(request.accept()).prefersText()) {
            return text(request, image, apps);
        }
        var instances =
                apps.stream().flatMap(app -> TaskJson.listed(image, app.id()).stream()).toList();
        return Answer.ok(Answer.object().set("tasks", TaskJson.all(image, instances)));
    }

    /// One line for each app and service port: `id TAB port TAB host:port TAB …`; for an app
    /// without service ports its hosts.
    private static Answer text(ApiRequest request, ClusterImage image, Collection<App> apps) {
        var networks =
                request.all("containerNetworks").stream()
                        .flatMap(names -> Stream.of(names.split(",", -1)))
                        .collect(Collectors.toSet());
        var text = new StringBuilder();
        for (var app : apps) {
            var running =
                    TaskJson.listed(image, app.id()).stream()
                            .filter(instance -> instance.condition() == Condition.RUNNING)
                            .toList();
            if (app.portDefinitions().isEmpty()) {
                var hosts =
                        running.stream()
                                .map(instance -> instance.placement().orElseThrow().hostname())
                                .collect(Collectors.joining(" "));
                text.append(app.id().flat()).append("\t \t").append(hosts).append('\n');
            }
            for (int i = 0; i < app.portDefinitions().size(); i++) {
                text.append(app.id().flat()).append('\t');
                text.append(app.portDefinitions().get(i).port()).append('\t');
                for (var instance : running) {
                    endpoint(app, instance.placement().orElseThrow(), i, networks)
                            .ifPresent(endpoint -> text.append(endpoint).append('\t'));
                }
                text.append('\n');
            }
        }
        return Answer.text(200, "text/plain", text.toString());
    }

    /// A port that is not the host's is told to those who say that they reach its network.
    private static Optional<String> endpoint(
            App app, Instance.Placement at, int index, Set<String> networks) {
        var listening = app.listeningPorts(at.hostPorts());
        if (index >= listening.size()) {
            return Optional.empty();
        }
        int hostPort = at.hostPorts().get(index);
        return hostPort == PortDefinition.NO_HOST_PORT
                ? at.own()
                        .filter(own -> networks.contains("*") || networks.contains(own.network()))
                        .flatMap(Instance.OwnAddress::ip)
                        .map(ip -> ip + ":" + listening.get(index))
                : Optional.of(at.hostname() + ":" + hostPort);
    }
}
