package io.ekiden.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.PodVolume;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The `volumes` of a pod, each told apart by the field that it has: `persistent`, `host`,
/// `secret`, or none for one that lives as long as the instance.
final class PodVolumeJson {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final int MAX_NAME = 63;

    private PodVolumeJson() {}

    static List<PodVolume> read(Fields pod, SecretsJson secrets) {
        var volumes =
                pod.objects("volumes", Limits.MAX_VOLUMES).orElse(List.of()).stream()
                        .map(volume -> volume(volume, secrets))
                        .flatMap(Optional::stream)
                        .toList();
        var names = volumes.stream().map(PodVolume::name).toList();
        if (new HashSet<>(names).size() < names.size()) {
            pod.rule("volumes", "volume names are unique");
        }
        return volumes;
    }

    private static Optional<PodVolume> volume(Fields volume, SecretsJson secrets) {
        var name = name(volume);
        VolumesJson.oneKind(volume, List.of("host", "persistent", "secret"));
        if (volume.has("secret")) {
            var secret = secrets.reference(volume);
            return name.flatMap(n -> secret.map(to -> new PodVolume.Secret(n, to)));
        }
        if (volume.has("persistent")) {
            var info = volume.object("persistent").flatMap(PersistentJson::read);
            return name.flatMap(
                    n -> info.map(read -> new PodVolume.Persistent(n, read.size(), read.disk())));
        }
        if (volume.has("host")) {
            var path = volume.someText("host");
            path.filter(host -> !host.startsWith("/"))
                    .ifPresent(_ -> volume.rule("host", "must be an absolute path"));
            return name.flatMap(n -> path.map(host -> new PodVolume.Host(n, host)));
        }
        return name.map(PodVolume.Ephemeral::new);
    }

    /// A name as containers, endpoints and volumes have it.
    static Optional<String> name(Fields named) {
        var name = named.someText("name");
        if (name.isEmpty()) {
            return named.has("name") ? name : named.form("name", "error.path.missing");
        }
        if (name.get().length() > MAX_NAME) {
            return named.form("name", "error.maxLength");
        }
        return NAME.matcher(name.get()).matches() ? name : named.form("name", "error.pattern");
    }

    static ArrayNode write(List<PodVolume> volumes) {
        var array = JsonNodeFactory.instance.arrayNode();
        volumes.forEach(volume -> write(volume, array.addObject().put("name", volume.name())));
        return array;
    }

    private static void write(PodVolume volume, ObjectNode json) {
        switch (volume) {
            case PodVolume.Ephemeral _ -> {}
            case PodVolume.Host(_, var path) -> json.put("host", path);
            case PodVolume.Secret(_, var secret) -> json.put("secret", secret);
            case PodVolume.Persistent(_, var size, var disk) ->
                    json.set("persistent", PersistentJson.write(size, disk));
        }
    }
}
