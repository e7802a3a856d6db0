package io.ekiden.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.Container;
import io.ekiden.model.Volume;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A container's `volumes`, each told apart by the field that it has: `persistent`, `external`,
/// `secret` or `hostPath`.
final class VolumesJson {
    private VolumesJson() {}

    /// @param contained whether they are in an image, with a file system of their own
    static List<Volume> read(
            Fields container, Container.Type type, boolean contained, SecretsJson secrets) {
        var volumes =
                container
                        .objects("volumes", Limits.MAX_VOLUMES)
                        .map(list ->
                                list.stream()
                                        .map(volume -> volume(volume, type, contained, secrets))
                                        .flatMap(Optional::stream)
                                        .toList())
                        .orElse(List.of());
        checkPaths(container, volumes);
        return volumes;
    }

    private static Optional<Volume> volume(
            Fields volume, Container.Type type, boolean contained, SecretsJson secrets) {
        var path = volume.someText("containerPath");
        if (path.isEmpty()) {
            if (!volume.has("containerPath")) {
                volume.form("containerPath", "error.path.missing");
            }
            return Optional.empty();
        }
        if (path.get().contains(":")) {
            volume.rule("containerPath", "must not contain ':'");
        }
        oneKind(volume, List.of("hostPath", "persistent", "external", "secret"));
        if (volume.has("persistent")) {
            return persistent(volume, path.get());
        }
        if (volume.has("secret")) {
            return secret(volume, path.get(), contained, secrets);
        }
        if (volume.has("external")) {
            return ExternalVolumeJson.read(volume, path.get(), access(volume), type);
        }
        return host(volume, path.get(), contained);
    }

    /// A volume is of one kind; a second would be passed over in silence.
    static void oneKind(Fields volume, List<String> kinds) {
        if (kinds.stream().filter(volume::has).count() > 1) {
            volume.rule("must have one of %s".formatted(String.join(", ", kinds)));
        }
    }

    private static Optional<Volume> host(Fields volume, String path, boolean contained) {
        var hostPath = volume.someText("hostPath");
        if (hostPath.isEmpty()) {
            if (!volume.has("hostPath")) {
                volume.form("hostPath", "error.path.missing");
            }
            return Optional.empty();
        }
        if (!contained && !volume.dialect().mountsNatively()) {
            volume.rule("hostPath", UnsupportedFields.NOT_SUPPORTED);
        } else if (!contained) {
            checkNativePath(volume, path);
            if (List.of("stdout", "stderr").contains(path)) {
                volume.rule("containerPath", "must not be that of the task's output");
            }
            if (!hostPath.get().startsWith("/")) {
                volume.rule("hostPath", "must be an absolute path");
            }
        }
        if (hostPath.get().contains(":")) {
            volume.rule("hostPath", "must not contain ':'");
        }
        if (List.of(hostPath.get().split("/")).contains("..")) {
            volume.rule("hostPath", "must not contain '..'");
        }
        return access(volume).map(mode -> new Volume.Host(path, hostPath.get(), mode));
    }

    private static Optional<Volume.Mode> access(Fields volume) {
        var mode = volume.literal("mode", Volume.Mode.class);
        if (mode.isEmpty() && !volume.has("mode")) {
            volume.form("mode", "error.path.missing");
        }
        return mode;
    }

    /// Without an image a task finds it in its sandbox only: it has the machine's own file system.
    private static void checkNativePath(Fields volume, String path) {
        if (path.startsWith("/") || !isPlain(path)) {
            volume.rule(
                    "containerPath", "must be a relative path without empty parts, '.' and '..'");
        }
    }

    private static boolean isPlain(String path) {
        return Stream.of(path.split("/", -1)).noneMatch(List.of("", ".", "..")::contains);
    }

    private static Optional<Volume> secret(
            Fields volume, String path, boolean contained, SecretsJson secrets) {
        checkNativePath(volume, contained && path.startsWith("/") ? path.substring(1) : path);
        return secrets.reference(volume).map(name -> new Volume.Secret(path, name));
    }

    private static Optional<Volume> persistent(Fields volume, String path) {
        if (path.contains("/") || path.equals(".") || path.equals("..")) {
            volume.rule("containerPath", "must not be '.', '..' and must not contain '/'");
        }
        if (access(volume).filter(mode -> mode == Volume.Mode.RO).isPresent()) {
            volume.rule("mode", "Only \"RW\" is allowed for persistent volumes");
        }
        var info = volume.object("persistent").flatMap(PersistentJson::read);
        return volume.sound("persistent")
                ? info.map(read -> new Volume.Persistent(path, read.size(), read.disk()))
                : Optional.empty();
    }

    private static void checkPaths(Fields container, List<Volume> volumes) {
        long different = volumes.stream().map(Volume::containerPath).distinct().count();
        if (different < volumes.size()) {
            container.rule("volumes", "containerPath must be unique");
        }
    }

    static ArrayNode write(List<Volume> volumes) {
        var array = JsonNodeFactory.instance.arrayNode();
        volumes.forEach(volume -> write(volume, array.addObject()));
        return array;
    }

    private static void write(Volume volume, ObjectNode json) {
        json.put("containerPath", volume.containerPath());
        switch (volume) {
            case Volume.Host host ->
                    json.put("hostPath", host.hostPath()).put("mode", host.mode().name());
            case Volume.External external -> {
                json.put("mode", external.mode().name());
                json.set("external", ExternalVolumeJson.write(external));
            }
            case Volume.Secret secret -> json.put("secret", secret.secret());
            case Volume.Persistent persistent -> {
                json.put("mode", Volume.Mode.RW.name());
                json.set("persistent", PersistentJson.write(persistent.size(), persistent.disk()));
            }
        }
    }
}
