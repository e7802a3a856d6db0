package io.ekiden.gateway.core;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.json.AppJson;
import io.ekiden.model.App;
import io.ekiden.model.PathId;
import io.ekiden.model.Pod;
import io.ekiden.model.Timestamps;
import io.ekiden.state.ClusterImage;
import io.ekiden.state.GroupTree;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Groups as they are, and as they were. `embed` names what of a group is shown: `group.groups`,
/// `group.apps` and `group.pods`; without an `embed`, all is.
public final class GroupViews {
    private static final String GROUPS = "group.groups";
    private static final String APPS = "group.apps";
    private static final String PODS = "group.pods";

    private GroupViews() {}

    public static Answer one(ApiRequest request, ClusterImage image) {
        return GroupTree.of(image, request.id())
                .map(tree ->
                        Answer.ok(new Now(request, image).json(tree))
                                .tagged(tree.group().version()))
                .orElseGet(() -> AppViews.noGroup(request.id()));
    }

    /// The apps that stand in the group itself and below it.
    public static Answer apps(ApiRequest request, ClusterImage image) {
        var tree = GroupTree.of(image, request.id());
        if (tree.isEmpty()) {
            return AppViews.noGroup(request.id());
        }
        var now = new Now(request, image);
        var apps = Answer.object().arrayNode();
        tree.get()
                .specs()
                .values()
                .forEach(spec -> {
                    if (spec instanceof App app && request.sees(app.id())) {
                        apps.add(now.json(app));
                    }
                });
        return Answer.ok(apps);
    }

    /// The newest first.
    public static Answer versions(ApiRequest request, ClusterImage image) {
        if (GroupTree.of(image, request.id()).isEmpty()) {
            return AppViews.noGroup(request.id());
        }
        var versions = Answer.object().arrayNode();
        GroupTree.versions(image, request.id()).stream()
                .sorted(Comparator.reverseOrder())
                .map(Timestamps::format)
                .forEach(versions::add);
        return Answer.ok(versions);
    }

    public static Answer version(ApiRequest request, ClusterImage image) {
        var text = request.part("version");
        var time = Timestamps.parse(text);
        if (time.isEmpty()) {
            return Failures.badTimestamp(text);
        }
        return GroupTree.at(image, request.id(), time.get())
                .map(tree -> Answer.ok(new Then(request).json(tree)))
                .orElseGet(() ->
                        Failures.notFound(
                                "Group '%s' does not exist in version %s"
                                        .formatted(request.id(), Timestamps.format(time.get()))));
    }

    private abstract static class Shown {
        private final List<String> embeds;
        final ApiRequest request;

        Shown(ApiRequest request) {
            this.request = request;
            var named = request.all("embed");
            this.embeds = named.isEmpty() ? List.of(GROUPS, APPS, PODS) : named;
        }

        abstract ObjectNode json(App app);

        abstract Optional<ObjectNode> json(Pod pod);

        final ObjectNode json(GroupTree tree) {
            var group = tree.group();
            var caller = request.caller();
            var json = Answer.object().put("id", tree.id().value());
            if (embeds.contains(APPS)) {
                members(json.putArray("apps"), tree, App.class);
            }
            if (embeds.contains(PODS)) {
                members(json.putArray("pods"), tree, Pod.class);
            }
            if (embeds.contains(GROUPS)) {
                var groups = json.putArray("groups");
                tree.children().stream()
                        .filter(child -> caller.glimpses(child.id()))
                        .forEach(child -> groups.add(json(child)));
            }
            var dependencies = json.putArray("dependencies");
            // Of a group that is only glimpsed, what it waits for is told as far as that is seen.
            group.dependencies().stream()
                    .filter(id -> caller.sees(tree.id()) || caller.sees(id))
                    .map(PathId::value)
                    .forEach(dependencies::add);
            group.enforceRole().ifPresent(enforced -> json.put("enforceRole", enforced));
            return json.put("version", Timestamps.format(group.version()));
        }

        private void members(ArrayNode list, GroupTree tree, Class<?> kind) {
            for (var spec : tree.members()) {
                if (kind.isInstance(spec) && request.sees(spec.id())) {
                    switch (spec) {
                        case App app -> list.add(json(app));
                        case Pod pod -> json(pod).ifPresent(list::add);
                    }
                }
            }
        }
    }

    /// With what runs of the apps.
    private static final class Now extends Shown {
        private final ClusterImage image;

        Now(ApiRequest request, ClusterImage image) {
            super(request);
            this.image = image;
        }

        @Override
        ObjectNode json(App app) {
            var embeds =
                    Embed.with(
                            request.all("embed").stream()
                                    .filter(embed -> !embed.equals(APPS))
                                    .toList(),
                            Embed.COUNTS,
                            Embed.DEPLOYMENTS);
            return AppInfoJson.of(image, app, embeds, request.now());
        }

        @Override
        Optional<ObjectNode> json(Pod pod) {
            return Optional.of(PodStatusJson.of(image, pod, request.now()));
        }
    }

    /// The definitions alone: nothing runs in the past.
    private static final class Then extends Shown {
        Then(ApiRequest request) {
            super(request);
        }

        @Override
        ObjectNode json(App app) {
            return AppJson.write(app);
        }

        @Override
        Optional<ObjectNode> json(Pod pod) {
            return Optional.empty();
        }
    }
}
