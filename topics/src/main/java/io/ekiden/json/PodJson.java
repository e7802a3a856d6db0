package io.ekiden.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.log.Problem;
import io.ekiden.model.BackoffStrategy;
import io.ekiden.model.KillSelection;
import io.ekiden.model.PathId;
import io.ekiden.model.Pod;
import io.ekiden.model.PodVolume;
import io.ekiden.model.Resources;
import io.ekiden.model.Secrets;
import io.ekiden.model.Timestamps;
import io.ekiden.model.UnreachableStrategy;
import io.ekiden.model.VersionInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.regex.Pattern;

/// Marathon's JSON form of a pod. Reading fills in defaults, reports every problem at once and
/// never throws whatever the JSON, as [AppJson] does. A pod's containers have images, or none of
/// them has: then they are native processes on the host network.
public final class PodJson {
    private static final Pattern VARIABLE = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]{0,253}");
    private static final double MILLIS = 1000;

    private PodJson() {}

    /// Whether a definition is a pod's and not an app's.
    public static boolean isPod(ObjectNode definition) {
        return definition.has("containers");
    }

    /// The id that a definition names, resolved against the root.
    public static Parsed<PathId> readId(ObjectNode definition) {
        return AppJson.readId(definition);
    }

    /// What breaks the schema: types, ranges and literals.
    public static List<Problem> formProblems(ObjectNode definition) {
        var problems = new ArrayList<Problem>();
        var fields = Fields.of(definition, problems);
        IdJson.read(fields);
        pod(PathId.ROOT, fields);
        return problems.stream().filter(Problem::ofForm).toList();
    }

    /// A full definition.
    ///
    /// @param id absolute; overrides the one in the definition, which is checked all the same
    public static Parsed<Pod> read(PathId id, ObjectNode definition) {
        return read(id, definition, Dialect.LATEST);
    }

    /// The same, as it was read at some time.
    public static Parsed<Pod> read(PathId id, ObjectNode definition, Dialect dialect) {
        var problems = new ArrayList<Problem>();
        var fields = Fields.of(definition, problems, dialect);
        IdJson.read(fields);
        if (fields.sound("id")) {
            IdJson.check(fields, id);
        }
        return Parsed.of(pod(id, fields), problems);
    }

    private static Pod pod(PathId id, Fields pod) {
        var secrets = SecretsJson.read(pod);
        var volumes = PodVolumeJson.read(pod, secrets);
        boolean resident = volumes.stream().anyMatch(PodVolume.Persistent.class::isInstance);
        var networks = NetworkJson.ofPod(pod);
        var containers = PodContainerJson.read(pod, volumes, networks, secrets);
        var scheduling = pod.part("scheduling");
        var placement = scheduling.part("placement");
        unsupported(pod);
        return new Pod(
                id,
                pod.texts("labels").orElse(Collections.emptySortedMap()),
                pod.text("user").filter(user -> !user.isEmpty()),
                secrets.texts(pod, "environment", PodJson::isVariable),
                secrets.secrets(),
                containers,
                volumes,
                networks.network(),
                networks.named(),
                executorResources(pod.part("executorResources")),
                instances(pod),
                ConstraintJson.readObjects(placement),
                RolesJson.accepted(placement),
                RolesJson.role(pod),
                backoff(scheduling.part("backoff")),
                StrategyJson.upgrade(scheduling, "upgrade", false, resident),
                scheduling
                        .literal("killSelection", KillSelection.class)
                        .orElse(KillSelection.YOUNGEST_FIRST),
                StrategyJson.unreachable(scheduling, resident, false),
                AppJson.UNVERSIONED,
                new VersionInfo(AppJson.UNVERSIONED, AppJson.UNVERSIONED));
    }

    static boolean isVariable(String name) {
        return VARIABLE.matcher(name).matches();
    }

    private static void unsupported(Fields pod) {
        UnsupportedFields.emptyObject(pod, "linuxInfo");
        pod.flag("legacySharedCgroups")
                .filter(shared -> shared)
                .ifPresent(_ -> pod.rule("legacySharedCgroups", UnsupportedFields.NOT_SUPPORTED));
    }

    private static int instances(Fields pod) {
        var scaling = pod.object("scaling");
        scaling.ifPresent(fields -> {
            if (!fields.has("kind")) {
                fields.form("kind", "error.path.missing");
            }
            fields.literal("kind", List.of("fixed"));
        });
        return scaling.flatMap(fields -> fields.integer("instances", 0, Limits.MAX_INSTANCES))
                .orElse(1);
    }

    private static Resources executorResources(Fields resources) {
        return Resources.of(
                resources.number("cpus", 0.1, Limits.MAX_RESOURCE).orElse(0.1),
                resources.number("mem", 32, Limits.MAX_RESOURCE).orElse(32.0),
                resources.number("disk", 10, Limits.MAX_RESOURCE).orElse(10.0),
                0);
    }

    /// Fractions of seconds are allowed, unlike in apps.
    private static BackoffStrategy backoff(Fields backoff) {
        var defaults = BackoffStrategy.DEFAULT;
        return new BackoffStrategy(
                seconds(backoff, "backoff", defaults.backoff()),
                backoff.number("backoffFactor", 1, Limits.MAX_BACKOFF_FACTOR)
                        .orElse(defaults.factor()),
                seconds(backoff, "maxLaunchDelay", defaults.maxLaunchDelay()));
    }

    private static Duration seconds(Fields fields, String field, Duration otherwise) {
        return fields.number(field, 0, Limits.MAX_SECONDS)
                .map(seconds -> Duration.ofMillis(Math.round(seconds * MILLIS)))
                .orElse(otherwise);
    }

    /// The canonical form, as Marathon's GET prints the definition.
    public static ObjectNode write(Pod pod) {
        var json = JsonNodeFactory.instance.objectNode().put("id", pod.id().value());
        texts(json, "labels", pod.labels());
        json.put("version", Timestamps.format(pod.version()));
        pod.user().ifPresent(user -> json.put("user", user));
        var secrets = pod.secrets().orElse(Secrets.NONE);
        json.set("environment", SecretsJson.writeEnvironment(pod.environment(), secrets.env()));
        SecretsJson.write(json, pod.secrets());
        json.set("containers", PodContainerJson.write(pod.containers(), secrets));
        json.set("volumes", PodVolumeJson.write(pod.volumes()));
        json.set("networks", NetworkJson.write(pod));
        json.putObject("scaling").put("kind", "fixed").put("instances", pod.instances());
        json.set("scheduling", scheduling(pod));
        var executor = json.putObject("executorResources");
        executor.set("cpus", Numbers.of(Resources.number(pod.executorResources().cpus())));
        executor.set("mem", Numbers.of(Resources.number(pod.executorResources().mem())));
        executor.set("disk", Numbers.of(Resources.number(pod.executorResources().disk())));
        return json.put("role", pod.role());
    }

    /// As pods and their status print amounts.
    public static ObjectNode write(Resources resources) {
        return PodContainerJson.write(resources);
    }

    public static JsonNode writeUnreachable(UnreachableStrategy strategy) {
        return StrategyJson.write(strategy);
    }

    private static ObjectNode scheduling(Pod pod) {
        var json = JsonNodeFactory.instance.objectNode();
        var backoff = json.putObject("backoff");
        backoff.set("backoff", Numbers.of(pod.backoff().backoff().toMillis() / MILLIS));
        backoff.set("backoffFactor", Numbers.of(pod.backoff().factor()));
        backoff.set(
                "maxLaunchDelay", Numbers.of(pod.backoff().maxLaunchDelay().toMillis() / MILLIS));
        json.set("upgrade", StrategyJson.write(pod.upgradeStrategy()));
        var placement = json.putObject("placement");
        placement.set("constraints", ConstraintJson.writeObjects(pod.constraints()));
        if (!pod.acceptedResourceRoles().isEmpty()) {
            var roles = placement.putArray("acceptedResourceRoles");
            pod.acceptedResourceRoles().forEach(roles::add);
        }
        json.put("killSelection", pod.killSelection().name());
        json.set("unreachableStrategy", StrategyJson.write(pod.unreachableStrategy()));
        return json;
    }

    static void texts(ObjectNode json, String field, SortedMap<String, String> texts) {
        var map = json.putObject(field);
        texts.forEach(map::put);
    }
}
