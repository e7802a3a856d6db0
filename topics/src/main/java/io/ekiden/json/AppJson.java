package io.ekiden.json;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.log.Problem;
import io.ekiden.model.App;
import io.ekiden.model.Container;
import io.ekiden.model.KillSelection;
import io.ekiden.model.Network;
import io.ekiden.model.PathId;
import io.ekiden.model.Resources;
import io.ekiden.model.Secrets;
import io.ekiden.model.Timestamps;
import io.ekiden.model.VersionInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// Marathon's JSON form of an app. Reading normalises: defaults are filled in, old forms become new
/// ones. It reports every problem at once, those of the JSON schema and those of the rules, in
/// Marathon's codes and texts, and never throws whatever the JSON. Unknown and read-only fields are
/// ignored; fields of Marathon that Ekiden does not honour yet are refused.
public final class AppJson {
    /// `version` and `versionInfo` of what was read: the planner's to say.
    public static final Instant UNVERSIONED = Instant.EPOCH;

    private static final String SINGLE_INSTANCE = "MARATHON_SINGLE_INSTANCE_APP";

    /// Without effect, as in Marathon, whose clients expect it all the same.
    private static final int RELAUNCH_ESCALATION_SECONDS = 3600;

    private AppJson() {}

    /// The id that a definition names, resolved against the root; needed where the URI has none.
    public static Parsed<PathId> readId(ObjectNode definition) {
        var problems = new ArrayList<Problem>();
        var fields = Fields.of(definition, problems);
        var id = IdJson.read(fields);
        if (id.isEmpty() && !fields.has("id")) {
            fields.form("id", "error.path.missing");
        }
        return Parsed.of(id.orElse(PathId.ROOT), problems);
    }

    /// A full definition.
    ///
    /// @param id absolute; overrides the one in the definition, which is checked all the same
    public static Parsed<App> read(PathId id, ObjectNode definition) {
        return read(id, definition, Dialect.LATEST);
    }

    /// The same, as it was read at some time.
    public static Parsed<App> read(PathId id, ObjectNode definition, Dialect dialect) {
        var problems = new ArrayList<Problem>();
        var fields = Fields.of(definition, problems, dialect);
        IdJson.read(fields);
        if (fields.sound("id")) {
            IdJson.check(fields, id);
        }
        return Parsed.of(app(id, fields), problems);
    }

    /// What PUT and PATCH make of an app: fields that are given replace the old ones whole; others
    /// keep their value (partial) or return to their default. The result is checked in full.
    public static Parsed<App> merge(App current, ObjectNode update, boolean partial) {
        return merge(current, update, partial, Dialect.LATEST);
    }

    /// The same, as it was read at some time.
    public static Parsed<App> merge(
            App current, ObjectNode update, boolean partial, Dialect dialect) {
        if (!partial) {
            return read(current.id(), update, dialect);
        }
        var definition = write(current);
        if (given(update, "cmd")) {
            definition.remove("args");
        }
        if (given(update, "args")) {
            definition.remove("cmd");
        }
        if (given(update, "ports")) {
            definition.remove("portDefinitions");
        }
        if (given(update, "uris")) {
            definition.remove("fetch");
        }
        for (var field : update.properties()) {
            if (!field.getValue().isNull()) {
                definition.set(field.getKey(), field.getValue());
            }
        }
        otherNetwork(current, definition, update, dialect);
        return read(current.id(), definition, dialect);
    }

    private static boolean given(ObjectNode update, String field) {
        return update.hasNonNull(field);
    }

    /// Where an update changes the network, the ports that the app had on the old one go with it.
    private static void otherNetwork(
            App current, ObjectNode definition, ObjectNode update, Dialect dialect) {
        boolean old =
                (dialect.namesNetworks() && given(update, "ipAddress"))
                        || update.at("/container/docker").hasNonNull("network");
        if (old && !given(update, "networks")) {
            definition.remove("networks");
        }
        if (NetworkJson.ofApp(Fields.of(definition, new ArrayList<>(), dialect)).network()
                == current.network()) {
            return;
        }
        if (!given(update, "portDefinitions")) {
            definition.remove("portDefinitions");
        }
        if (!given(update, "container")
                && definition.get("container") instanceof ObjectNode container) {
            container.remove("portMappings");
        }
    }

    /// What breaks the schema in an update, without knowing the app that it is for: types, ranges
    /// and literals of the given fields. The id is not asked for.
    ///
    /// @param partial as for [#merge]; makes no difference while only the id is mandatory
    public static List<Problem> formProblems(ObjectNode update, boolean partial) {
        var problems = new ArrayList<Problem>();
        var fields = Fields.of(update, problems);
        IdJson.read(fields);
        app(PathId.ROOT, fields);
        return problems.stream().filter(Problem::ofForm).toList();
    }

    private static App app(PathId id, Fields app) {
        var cmd = app.someText("cmd");
        var args = app.texts("args", Limits.MAX_ARGS).orElse(List.of());
        int instances = app.integer("instances", 0, Limits.MAX_INSTANCES).orElse(1);
        var labels = app.texts("labels").orElse(Collections.emptySortedMap());
        boolean singleInstance = "true".equals(labels.get(SINGLE_INSTANCE));
        var networks = NetworkJson.ofApp(app);
        var network = networks.network();
        var ports = PortsJson.read(app, networks);
        var secrets = SecretsJson.read(app);
        var env = secrets.texts(app, "env", _ -> true);
        var container = ContainerJson.read(app, network, secrets);
        boolean resident =
                container.filter(some -> !some.persistentVolumes().isEmpty()).isPresent();
        var external = container.map(Container::externalVolumes).orElse(List.of());
        boolean usesAlone = external.stream().anyMatch(volume -> !volume.shared());
        var resources = resources(app);
        UnsupportedFields.check(app);
        boolean tty = app.flag("tty").orElse(false);
        AppRules.terminal(app, container, tty);
        AppRules.residency(app, resident);
        AppRules.externalVolumes(app, id, instances, external);
        AppRules.check(app, cmd, args, instances, labels, singleInstance);
        return new App(
                id,
                cmd,
                args,
                app.text("user").filter(user -> !user.isEmpty()),
                env,
                secrets.secrets(),
                instances,
                resources,
                ResourceLimitsJson.read(app, resources),
                tty,
                network,
                networks.named(),
                container,
                ArtifactJson.ofApp(app),
                ports,
                app.flag("requirePorts").orElse(false) && network == Network.HOST,
                HealthCheckJson.read(app, ports.size()),
                ReadinessCheckJson.read(app, ports),
                GenericCheckJson.ofApp(app, ports.size()),
                labels,
                IdJson.dependencies(app, id.parent()).orElse(Collections.emptySortedSet()),
                ConstraintJson.read(app),
                RolesJson.accepted(app),
                RolesJson.role(app),
                StrategyJson.backoff(app),
                app.seconds("taskKillGracePeriodSeconds")
                        .map(Duration::toSeconds)
                        .map(Math::toIntExact),
                StrategyJson.upgrade(app, singleInstance, resident || !external.isEmpty()),
                app.literal("killSelection", KillSelection.class)
                        .orElse(KillSelection.YOUNGEST_FIRST),
                StrategyJson.unreachable(app, resident, usesAlone),
                UNVERSIONED,
                new VersionInfo(UNVERSIONED, UNVERSIONED));
    }

    private static Resources resources(Fields app) {
        return Resources.of(
                app.number("cpus", Limits.MIN_CPUS, Limits.MAX_RESOURCE).orElse(1.0),
                app.number("mem", 0, Limits.MAX_RESOURCE).orElse(128.0),
                app.number("disk", 0, Limits.MAX_RESOURCE).orElse(0.0),
                app.integer("gpus", 0, Limits.MAX_GPUS).orElse(0));
    }

    /// The canonical form, as Marathon's GET prints the definition.
    public static ObjectNode write(App app) {
        var json = JsonNodeFactory.instance.objectNode().put("id", app.id().value());
        texts(json, "acceptedResourceRoles", app.acceptedResourceRoles());
        texts(json, "args", app.args());
        json.set("backoffFactor", Numbers.of(app.backoff().factor()));
        json.put("backoffSeconds", app.backoff().backoff().toSeconds());
        put(json, "cmd", app.cmd());
        json.set("cpus", Numbers.of(Resources.number(app.resources().cpus())));
        json.set("disk", Numbers.of(Resources.number(app.resources().disk())));
        json.set(
                "env",
                SecretsJson.writeEnvironment(app.env(), app.secrets().orElse(Secrets.NONE).env()));
        SecretsJson.write(json, app.secrets());
        if (!app.constraints().isEmpty()) {
            json.set("constraints", ConstraintJson.write(app.constraints()));
        }
        if (!app.dependencies().isEmpty()) {
            var dependencies = json.putArray("dependencies");
            app.dependencies().forEach(id -> dependencies.add(id.value()));
        }
        json.put("executor", "");
        if (!app.fetch().isEmpty()) {
            json.set("fetch", ArtifactJson.write(app.fetch()));
        }
        json.put("instances", app.instances());
        map(json, "labels", app.labels());
        json.put("maxLaunchDelaySeconds", app.backoff().maxLaunchDelay().toSeconds());
        json.set("mem", Numbers.of(Resources.number(app.resources().mem())));
        json.set("gpus", Numbers.of(Resources.number(app.resources().gpus())));
        app.resourceLimits()
                .ifPresent(limits -> json.set("resourceLimits", ResourceLimitsJson.write(limits)));
        if (app.tty()) {
            json.put("tty", true);
        }
        json.set("networks", NetworkJson.write(app));
        ContainerJson.write(app).ifPresent(container -> json.set("container", container));
        if (app.network() == Network.HOST) {
            json.set("portDefinitions", PortsJson.write(app.portDefinitions()));
        }
        json.put("requirePorts", app.requirePorts());
        json.set("healthChecks", HealthCheckJson.write(app.healthChecks()));
        if (!app.readinessChecks().isEmpty()) {
            json.set("readinessChecks", ReadinessCheckJson.write(app.readinessChecks()));
        }
        app.check().ifPresent(check -> json.set("check", GenericCheckJson.ofApp(check)));
        json.set("upgradeStrategy", StrategyJson.write(app.upgradeStrategy()));
        json.put("killSelection", app.killSelection().name());
        json.set("unreachableStrategy", StrategyJson.write(app.unreachableStrategy()));
        if (app.resident()) {
            json.putObject("residency")
                    .put("relaunchEscalationTimeoutSeconds", RELAUNCH_ESCALATION_SECONDS)
                    .put("taskLostBehavior", "WAIT_FOREVER");
        }
        put(json, "user", app.user());
        json.put("role", app.role());
        app.taskKillGraceSeconds()
                .ifPresent(seconds -> json.put("taskKillGracePeriodSeconds", seconds));
        json.put("version", Timestamps.format(app.version()));
        json.putObject("versionInfo")
                .put("lastScalingAt", Timestamps.format(app.versionInfo().lastScalingAt()))
                .put(
                        "lastConfigChangeAt",
                        Timestamps.format(app.versionInfo().lastConfigChangeAt()));
        return json;
    }

    private static void put(ObjectNode json, String field, Optional<String> text) {
        text.ifPresent(value -> json.put(field, value));
    }

    private static void texts(ObjectNode json, String field, List<String> texts) {
        if (!texts.isEmpty()) {
            var array = json.putArray(field);
            texts.forEach(array::add);
        }
    }

    private static void map(ObjectNode json, String field, SortedMap<String, String> entries) {
        var map = json.putObject(field);
        entries.forEach(map::put);
    }
}
