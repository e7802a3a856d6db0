package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.json.AppJson;
import io.ekiden.model.App;
import io.ekiden.model.PathId;
import io.ekiden.model.Timestamps;
import io.ekiden.state.ClusterImage;
import io.ekiden.state.GroupTree;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/// The reads of `/v2/apps`.
public final class AppViews {
    private AppViews() {}

    public static Answer list(ApiRequest request, ClusterImage image) {
        try {
            return Answer.ok(infos("apps", request, image, filter(request)));
        } catch (LabelSelector.Malformed e) {
            return Answer.message(
                    422,
                    "Can not parse label selector %s. Reason: %s"
                            .formatted(request.first("label").orElse(""), e.getMessage()));
        }
    }

    private static ObjectNode infos(
            String name, ApiRequest request, ClusterImage image, Predicate<App> wanted) {
        var embeds = Embed.with(request.all("embed"), Embed.COUNTS, Embed.DEPLOYMENTS);
        var body = Answer.object();
        var apps = body.putArray(name);
        image.apps().stream()
                .filter(app -> request.sees(app.id()))
                .filter(wanted)
                .forEach(app -> apps.add(AppInfoJson.of(image, app, embeds, request.now())));
        return body;
    }

    private static Predicate<App> filter(ApiRequest request) throws LabelSelector.Malformed {
        Predicate<App> filter = _ -> true;
        if (request.first("cmd").isPresent()) {
            var cmd = request.first("cmd").get();
            filter = filter.and(app -> app.cmd().filter(text -> contains(text, cmd)).isPresent());
        }
        if (request.first("id").isPresent()) {
            var id = request.first("id").get();
            filter = filter.and(app -> contains(app.id().value(), id));
        }
        if (request.first("label").isPresent()) {
            var selector = LabelSelector.parse(request.first("label").get());
            filter = filter.and(app -> selector.matches(app.labels()));
        }
        return filter;
    }

    private static boolean contains(String text, String part) {
        return text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
    }

    /// `{group}/*`: the apps of a whole tree.
    public static Answer group(ApiRequest request, ClusterImage image) {
        var group = request.id();
        return groupExists(image, group)
                ? Answer.ok(infos("*", request, image, app -> isInGroup(app, group)))
                : noGroup(group);
    }

    static Answer noGroup(PathId group) {
        return Failures.notFound("Group '%s' does not exist".formatted(group));
    }

    static boolean groupExists(ClusterImage image, PathId group) {
        return GroupTree.of(image, group).isPresent();
    }

    static boolean isInGroup(App app, PathId group) {
        return app.id().isWithin(group) && !app.id().equals(group);
    }

    public static Answer one(ApiRequest request, ClusterImage image) {
        var embeds =
                Embed.with(
                        request.all("embed"),
                        Embed.COUNTS,
                        Embed.TASKS,
                        Embed.LAST_TASK_FAILURE,
                        Embed.DEPLOYMENTS);
        return image.app(request.id())
                .map(app ->
                        Answer.ok(
                                        Answer.object()
                                                .set(
                                                        "app",
                                                        AppInfoJson.of(
                                                                image, app, embeds, request.now())))
                                .tagged(app.version()))
                .orElseGet(() -> Failures.noApp(request.id()));
    }

    /// Newest first.
    public static Answer versions(ApiRequest request, ClusterImage image) {
        var id = request.id();
        return image.app(id)
                .map(app -> {
                    var times = new TreeSet<Instant>(Comparator.reverseOrder());
                    times.add(app.version());
                    image.versions(id).forEach(version -> times.add(version.spec().version()));
                    var body = Answer.object();
                    var versions = body.putArray("versions");
                    times.forEach(time -> versions.add(Timestamps.format(time)));
                    return Answer.ok(body);
                })
                .orElseGet(() -> Failures.noApp(id));
    }

    public static Answer version(ApiRequest request, ClusterImage image) {
        var id = request.id();
        var text = request.part("version");
        var time = Timestamps.parse(text);
        if (time.isEmpty()) {
            return Failures.badTimestamp(text);
        }
        var app = image.app(id);
        if (app.isEmpty()) {
            return Failures.noApp(id);
        }
        Optional<App> wanted = app.filter(now -> now.version().equals(time.get()));
        return wanted.or(() -> version(image, id, time.get()))
                .map(found -> Answer.ok(AppJson.write(found)))
                .orElseGet(() ->
                        Failures.notFound(
                                "App '%s' does not exist in version %s"
                                        .formatted(id, Timestamps.format(time.get()))));
    }

    private static Optional<App> version(ClusterImage image, PathId id, Instant version) {
        return image.version(id, version).filter(App.class::isInstance).map(App.class::cast);
    }
}
