package io.ekiden.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.Network;
import io.ekiden.model.PodContainer;
import io.ekiden.model.PodContainer.Command;
import io.ekiden.model.PodContainer.Endpoint;
import io.ekiden.model.PodContainer.Image;
import io.ekiden.model.PodContainer.VolumeMount;
import io.ekiden.model.PodVolume;
import io.ekiden.model.Resources;
import io.ekiden.model.Secrets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The `containers` of a pod.
final class PodContainerJson {
    private static final double MIN_RESOURCE = 0.001;
    private static final List<String> PROTOCOLS = List.of("tcp", "udp");

    private PodContainerJson() {}

    /// Marathon's pods without networks are in the host's namespace.
    static List<PodContainer> read(
            Fields pod, List<PodVolume> volumes, NetworkJson networks, SecretsJson secrets) {
        if (!pod.has("containers")) {
            pod.form("containers", "error.path.missing");
        }
        var given = pod.objects("containers", Limits.MAX_CONTAINERS);
        if (given.isPresent() && given.get().isEmpty() && pod.sound("containers")) {
            pod.form("containers", "error.minLength");
        }
        var containers =
                given.orElse(List.of()).stream()
                        .map(container -> container(container, volumes, networks, secrets))
                        .toList();
        images(pod, containers, networks.network());
        unique(pod, "container names are unique", containers.stream().map(PodContainer::name));
        var endpoints = containers.stream().flatMap(c -> c.endpoints().stream()).toList();
        unique(pod, "endpoint names are unique", endpoints.stream().map(Endpoint::name));
        unique(
                pod,
                "host ports are unique",
                endpoints.stream()
                        .flatMap(endpoint -> endpoint.hostPort().stream())
                        .filter(port -> port != 0));
        unique(
                pod,
                "container ports are unique",
                endpoints.stream().flatMap(endpoint -> endpoint.containerPort().stream()));
        var mounted = new TreeSet<String>();
        containers.forEach(c -> c.volumeMounts().forEach(mount -> mounted.add(mount.name())));
        if (!volumes.stream().allMatch(volume -> mounted.contains(volume.name()))) {
            pod.rule("volumes", "each volume must be mounted by a container");
        }
        return containers;
    }

    /// The containers of an instance share a network, and so an engine or none.
    private static void images(Fields pod, List<PodContainer> containers, Network network) {
        long images = containers.stream().filter(c -> c.image().isPresent()).count();
        if (images > 0 && images < containers.size()) {
            pod.rule("containers", "must all have an image, or none of them");
        }
        if (images == 0 && network != Network.HOST && pod.sound("containers")) {
            pod.rule("networks", "containers without an image are on the host's network");
        }
    }

    private static void unique(Fields pod, String rule, Stream<?> items) {
        var all = items.toList();
        if (pod.sound("containers") && new HashSet<>(all).size() < all.size()) {
            pod.rule("containers", rule);
        }
    }

    private static PodContainer container(
            Fields container, List<PodVolume> volumes, NetworkJson networks, SecretsJson secrets) {
        var name = PodVolumeJson.name(container).orElse("");
        var endpoints =
                container.objects("endpoints", Limits.MAX_PORTS).orElse(List.of()).stream()
                        .map(endpoint -> endpoint(endpoint, networks))
                        .toList();
        var resources = resources(container);
        var image = container.object("image").map(given -> image(given, secrets));
        boolean contained = image.isPresent();
        unsupported(container);
        var tty = terminal(container);
        return new PodContainer(
                name,
                command(container, contained),
                image,
                overridesEntrypoint(container, contained),
                resources,
                ResourceLimitsJson.read(container, resources),
                container.text("user").filter(user -> !user.isEmpty()),
                secrets.texts(container, "environment", name, PodJson::isVariable),
                container.texts("labels").orElse(Collections.emptySortedMap()),
                endpoints,
                container
                        .object("healthCheck")
                        .flatMap(check -> PodHealthCheckJson.read(check, endpoints)),
                GenericCheckJson.ofContainer(container, endpoints),
                mounts(container, volumes, contained),
                ArtifactJson.read(container, "artifacts"),
                container
                        .part("lifecycle")
                        .number("killGracePeriodSeconds", 0, Limits.MAX_SECONDS)
                        // Never shorter than was asked for.
                        .map(seconds -> (int) Math.ceil(seconds)),
                tty);
    }

    private static void unsupported(Fields container) {
        if (!container.dialect().hasChecks() && container.has("check")) {
            container.rule("check", UnsupportedFields.NOT_SUPPORTED);
        }
        UnsupportedFields.emptyObject(container, "linuxInfo");
    }

    private static Optional<Boolean> terminal(Fields container) {
        var tty = container.flag("tty");
        if (!container.dialect().hasTerminals() && tty.orElse(false)) {
            container.rule("tty", UnsupportedFields.NOT_SUPPORTED);
        }
        return tty;
    }

    private static Image image(Fields image, SecretsJson secrets) {
        for (var field : List.of("kind", "id")) {
            if (!image.has(field)) {
                image.form(field, "error.path.missing");
            }
        }
        image.literal("kind", List.of("DOCKER", "APPC"))
                .filter("APPC"::equals)
                .ifPresent(_ -> image.rule("kind", UnsupportedFields.NOT_SUPPORTED));
        UnsupportedFields.emptyObject(image, "labels");
        return new Image(
                image.someText("id").orElse(""),
                image.flag("forcePull").orElse(false),
                secrets.pullConfig(image));
    }

    /// Without an image there is nothing to run but a command.
    private static Optional<Command> command(Fields container, boolean contained) {
        if (!container.has("exec")) {
            if (!contained) {
                container.rule("exec", "must be given for a container without an image");
            }
            return Optional.empty();
        }
        var exec = container.part("exec");
        if (!exec.has("command")) {
            return exec.form("command", "error.path.missing");
        }
        return shellOrArgv(exec.part("command"));
    }

    private static Optional<Boolean> overridesEntrypoint(Fields container, boolean contained) {
        return container
                .object("exec")
                .flatMap(exec -> {
                    var overrides = exec.flag("overrideEntrypoint");
                    if (overrides.orElse(false) && !contained) {
                        exec.rule("overrideEntrypoint", "needs an image that has one");
                    }
                    return overrides;
                });
    }

    /// `{"shell": …}` or `{"argv": […]}`.
    static Optional<Command> shellOrArgv(Fields command) {
        if (command.has("shell") && command.has("argv")) {
            command.rule("must have either 'shell' or 'argv'");
        }
        if (command.has("shell")) {
            return command.someText("shell").map(Command.Shell::new);
        }
        if (!command.has("argv")) {
            return command.form("shell", "error.path.missing");
        }
        var arguments = command.texts("argv", Limits.MAX_ARGS);
        if (arguments.isPresent() && arguments.get().isEmpty() && command.sound("argv")) {
            return command.form("argv", "error.minLength");
        }
        return arguments.map(Command.Argv::new);
    }

    private static Resources resources(Fields container) {
        if (!container.has("resources")) {
            container.form("resources", "error.path.missing");
        }
        var resources = container.part("resources");
        return Resources.of(
                resources.number("cpus", Limits.MIN_CPUS, Limits.MAX_RESOURCE).orElse(1.0),
                resources.number("mem", MIN_RESOURCE, Limits.MAX_RESOURCE).orElse(128.0),
                resources.number("disk", 0, Limits.MAX_RESOURCE).orElse(0.0),
                resources.integer("gpus", 0, Limits.MAX_GPUS).orElse(0));
    }

    private static Endpoint endpoint(Fields endpoint, NetworkJson networks) {
        var containerPort = endpoint.integer("containerPort", 1, Limits.MAX_PORT);
        if (containerPort.isPresent() && networks.network() == Network.HOST) {
            endpoint.rule("containerPort", "is not allowed when using host-mode networking");
        }
        if (!endpoint.has("containerPort") && networks.network() == Network.CONTAINER) {
            endpoint.rule("containerPort", "is required when using container-mode networking");
        }
        networks.checkNames(endpoint);
        return new Endpoint(
                PodVolumeJson.name(endpoint).orElse(""),
                containerPort,
                PortsJson.hostPort(endpoint, networks.network()),
                protocols(endpoint),
                endpoint.texts("labels").orElse(Collections.emptySortedMap()));
    }

    private static List<String> protocols(Fields endpoint) {
        var given = endpoint.texts("protocol", PROTOCOLS.size());
        given.filter(names -> !PROTOCOLS.containsAll(names))
                .ifPresent(_ -> endpoint.form("protocol", "error.unknown.enum.literal"));
        return given.filter(names -> !names.isEmpty())
                .map(names -> PROTOCOLS.stream().filter(names::contains).toList())
                .orElse(List.of("tcp"));
    }

    private static List<VolumeMount> mounts(
            Fields container, List<PodVolume> volumes, boolean contained) {
        var mounts =
                container.objects("volumeMounts", Limits.MAX_VOLUMES).orElse(List.of()).stream()
                        .map(mount -> mount(mount, volumes, contained))
                        .flatMap(Optional::stream)
                        .toList();
        var paths = mounts.stream().map(VolumeMount::mountPath).toList();
        boolean nested =
                paths.stream()
                        .anyMatch(one -> paths.stream().anyMatch(o -> o.startsWith(one + "/")));
        if (nested || new HashSet<>(paths).size() < paths.size()) {
            container.rule("volumeMounts", "mount paths must be unique and not nested");
        }
        return mounts;
    }

    private static Optional<VolumeMount> mount(
            Fields mount, List<PodVolume> volumes, boolean contained) {
        var name = PodVolumeJson.name(mount);
        name.filter(n -> volumes.stream().noneMatch(volume -> volume.name().equals(n)))
                .ifPresent(n -> mount.rule("name", "there is no volume '%s'".formatted(n)));
        if (!mount.has("mountPath")) {
            return mount.form("mountPath", "error.path.missing");
        }
        var path = mount.someText("mountPath");
        path.ifPresent(text -> checkPath(mount, text, contained));
        boolean readOnly = mount.flag("readOnly").orElse(false);
        if (readOnly && !contained && !mount.dialect().mountsNatively()) {
            mount.rule("readOnly", UnsupportedFields.NOT_SUPPORTED);
        }
        return name.flatMap(n -> path.map(p -> new VolumeMount(n, p, readOnly)));
    }

    /// Without an image, mounts are links in the sandbox of a container, which has the machine's
    /// own file system.
    private static void checkPath(Fields mount, String path, boolean contained) {
        if (path.length() > Limits.MAX_MOUNT_PATH) {
            mount.form("mountPath", "error.maxLength");
        } else if (path.startsWith("/") && !contained) {
            mount.rule("mountPath", UnsupportedFields.NOT_SUPPORTED);
        } else if (Arrays.stream(path.replaceFirst("^/", "").split("/", -1))
                .anyMatch(part -> List.of("", ".", "..").contains(part))) {
            mount.rule("mountPath", "must be a path without empty parts, '.' and '..'");
        }
    }

    static ArrayNode write(List<PodContainer> containers, Secrets secrets) {
        var array = JsonNodeFactory.instance.arrayNode();
        containers.forEach(container -> write(container, secrets, array.addObject()));
        return array;
    }

    private static void write(PodContainer container, Secrets secrets, ObjectNode json) {
        json.put("name", container.name());
        container.command().ifPresent(command -> writeExec(container, command, json));
        container
                .image()
                .ifPresent(image ->
                        SecretsJson.writePullConfig(
                                json.putObject("image")
                                        .put("kind", "DOCKER")
                                        .put("id", image.id())
                                        .put("forcePull", image.forcePull()),
                                image.pullConfig()));
        json.set("resources", write(container.resources()));
        container
                .resourceLimits()
                .ifPresent(limits -> json.set("resourceLimits", ResourceLimitsJson.write(limits)));
        var endpoints = json.putArray("endpoints");
        container.endpoints().forEach(endpoint -> write(endpoint, endpoints.addObject()));
        json.set(
                "environment",
                SecretsJson.writeEnvironment(
                        container.environment(), secrets.env(container.name())));
        container.user().ifPresent(user -> json.put("user", user));
        container
                .healthCheck()
                .ifPresent(check ->
                        json.set(
                                "healthCheck",
                                PodHealthCheckJson.write(check, container.endpoints())));
        container
                .check()
                .ifPresent(check ->
                        json.set(
                                "check",
                                GenericCheckJson.ofContainer(check, container.endpoints())));
        var mounts = json.putArray("volumeMounts");
        container
                .volumeMounts()
                .forEach(mount ->
                        mounts.addObject()
                                .put("name", mount.name())
                                .put("mountPath", mount.mountPath())
                                .put("readOnly", mount.readOnly()));
        json.set("artifacts", ArtifactJson.write(container.artifacts()));
        PodJson.texts(json, "labels", container.labels());
        container
                .killGraceSeconds()
                .ifPresent(seconds ->
                        json.putObject("lifecycle").put("killGracePeriodSeconds", seconds));
        if (container.hasTerminal()) {
            json.put("tty", true);
        }
    }

    private static void writeExec(PodContainer container, Command command, ObjectNode json) {
        var exec = json.putObject("exec");
        write(command, exec.putObject("command"));
        container
                .overrideEntrypoint()
                .ifPresent(overrides -> exec.put("overrideEntrypoint", overrides));
    }

    private static void write(Command command, ObjectNode json) {
        switch (command) {
            case Command.Shell(var line) -> json.put("shell", line);
            case Command.Argv(var arguments) -> {
                var array = json.putArray("argv");
                arguments.forEach(array::add);
            }
        }
    }

    static ObjectNode write(Resources resources) {
        var json = JsonNodeFactory.instance.objectNode();
        json.set("cpus", Numbers.of(Resources.number(resources.cpus())));
        json.set("mem", Numbers.of(Resources.number(resources.mem())));
        json.set("disk", Numbers.of(Resources.number(resources.disk())));
        json.set("gpus", Numbers.of(Resources.number(resources.gpus())));
        return json;
    }

    private static void write(Endpoint endpoint, ObjectNode json) {
        json.put("name", endpoint.name());
        endpoint.containerPort().ifPresent(port -> json.put("containerPort", port));
        endpoint.hostPort().ifPresent(port -> json.put("hostPort", port));
        var protocols = json.putArray("protocol");
        endpoint.protocols().forEach(protocols::add);
        PodJson.texts(json, "labels", endpoint.labels());
    }
}
