package io.ekiden.agent.secrets;

import io.ekiden.log.AgentCommand;
import io.ekiden.model.App;
import io.ekiden.model.Container;
import io.ekiden.model.Pod;
import io.ekiden.model.PodContainer;
import io.ekiden.model.PodVolume;
import io.ekiden.model.Secrets;
import io.ekiden.model.Volume;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Which secrets one process or container is given, by the names of its definition.
///
/// @param env names by variables
/// @param files names by paths
/// @param pullConfig the name of that for its image's registry
record Wants(
        SortedMap<String, String> env,
        SortedMap<String, String> files,
        Optional<String> pullConfig) {

    /// @param task a pod's container is named by its id
    static Wants of(AgentCommand.Task task) {
        var secrets = task.spec().secrets().orElse(Secrets.NONE);
        return switch (task.spec()) {
            case App app -> new Wants(secrets.env(), files(app), pullConfig(app));
            case Pod pod ->
                    task.taskId()
                            .container()
                            .flatMap(pod::container)
                            .map(one ->
                                    new Wants(env(secrets, one), files(pod, one), pullConfig(one)))
                            .orElseGet(() ->
                                    new Wants(new TreeMap<>(), new TreeMap<>(), Optional.empty()));
        };
    }

    SortedSet<String> names() {
        var names = new TreeSet<>(env.values());
        names.addAll(files.values());
        pullConfig.ifPresent(names::add);
        return names;
    }

    private static Optional<String> pullConfig(App app) {
        return app.container().flatMap(Container::docker).flatMap(Container.Docker::pullConfig);
    }

    private static Optional<String> pullConfig(PodContainer container) {
        return container.image().flatMap(PodContainer.Image::pullConfig);
    }

    private static SortedMap<String, String> files(App app) {
        var files = new TreeMap<String, String>();
        app.container().stream()
                .flatMap(container -> container.volumes().stream())
                .forEach(volume -> {
                    if (volume instanceof Volume.Secret(var path, var secret)) {
                        files.put(path, secret);
                    }
                });
        return files;
    }

    /// A container's own variables come before the pod's, whatever they are.
    private static SortedMap<String, String> env(Secrets secrets, PodContainer container) {
        var env = new TreeMap<>(secrets.env());
        env.keySet().removeAll(container.environment().keySet());
        env.putAll(secrets.env(container.name()));
        return env;
    }

    private static SortedMap<String, String> files(Pod pod, PodContainer container) {
        var files = new TreeMap<String, String>();
        for (var mount : container.volumeMounts()) {
            for (var volume : pod.volumes()) {
                if (volume instanceof PodVolume.Secret(var name, var secret)
                        && name.equals(mount.name())) {
                    files.put(mount.mountPath(), secret);
                }
            }
        }
        return files;
    }
}
