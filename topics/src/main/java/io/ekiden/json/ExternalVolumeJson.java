package io.ekiden.json;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.model.Container;
import io.ekiden.model.Volume;
import io.ekiden.model.Volume.External;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// The `external` of a volume: Marathon's `DVDIProvider`, with its rules.
///
/// Two differ. Options and a size go to the driver of a `DOCKER` container too (Marathon's engine
/// was never told of them), except to `local`, which would take any directory of the machine for a
/// volume. And only the engine can mount, so native tasks have none.
final class ExternalVolumeJson {
    private static final String LABEL = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
    private static final Pattern IS_LABEL = Pattern.compile(LABEL);
    private static final Pattern KEY =
            Pattern.compile(LABEL + "/[A-Za-z0-9](?:[-A-Za-z0-9\\._:]*[A-Za-z0-9])?");

    /// The one provider besides that Marathon has.
    private static final String CSI = "csi";

    private static final String REX_RAY = "rexray";

    private ExternalVolumeJson() {}

    static Optional<Volume> read(
            Fields volume, String path, Optional<Volume.Mode> mode, Container.Type type) {
        if (!volume.dialect().hasExternalVolumes()) {
            volume.rule("external", UnsupportedFields.NOT_SUPPORTED);
            return Optional.empty();
        }
        if (type == Container.Type.MESOS) {
            volume.rule(
                    "external",
                    "needs a container of type DOCKER: only the Docker engine can mount it");
        }
        if (path.equals(".") || path.equals("..")) {
            volume.rule("containerPath", "must not be '.' or '..'");
        }
        var external = volume.object("external");
        return external.flatMap(fields -> read(fields, path, mode));
    }

    private static Optional<Volume> read(Fields external, String path, Optional<Volume.Mode> mode) {
        var name = external.text("name");
        if (name.filter(text -> !text.isEmpty()).isEmpty() && external.sound("name")) {
            external.rule("name", name.isPresent() ? "must not be empty" : "not defined");
        }
        checkProvider(external);
        var size = external.integer("size", 0, Integer.MAX_VALUE);
        var options = external.texts("options").orElse(Collections.emptySortedMap());
        boolean shared = external.flag("shared").orElse(false);
        checkOptions(external, options);
        var driver = Optional.ofNullable(options.get(External.DRIVER));
        var read =
                name.flatMap(some ->
                        mode.map(how -> new External(path, how, some, size, options, shared)));
        read.filter(known -> driver.filter("local"::equals).isPresent())
                .filter(known -> !known.driverOptions().isEmpty())
                .ifPresent(_ ->
                        external.rule(
                                "options",
                                "the driver 'local' takes no options and no size here: they could name any directory of the machine"));
        return driver.flatMap(_ -> read);
    }

    private static void checkProvider(Fields external) {
        var provider = external.text("provider");
        if (provider.filter(CSI::equals).isPresent()) {
            external.rule("provider", UnsupportedFields.NOT_SUPPORTED);
        } else if (provider.isEmpty() && external.sound("provider")) {
            external.rule("provider", "not defined");
        } else if (provider.filter(name -> !name.equals(External.PROVIDER)).isPresent()) {
            external.rule("provider", "is unknown provider");
        }
    }

    private static void checkOptions(Fields external, SortedMap<String, String> options) {
        if (!external.sound("options")) {
            return;
        }
        options.keySet().stream()
                .filter(key -> !KEY.matcher(key).matches())
                .forEach(key ->
                        external.rule(
                                "options",
                                "'%s' must match regular expression '^%s$'".formatted(key, KEY)));
        if (!options.containsKey(External.DRIVER)) {
            external.rule(option(External.DRIVER), "not defined");
        }
        check(external, options, External.DRIVER, ExternalVolumeJson::label, pattern());
        if (REX_RAY.equals(options.get(External.DRIVER))) {
            for (var key : List.of("dvdi/volumetype", "dvdi/newfstype")) {
                check(external, options, key, ExternalVolumeJson::label, pattern());
            }
            check(
                    external,
                    options,
                    "dvdi/iops",
                    text -> text.matches("0*[1-9][0-9]{0,17}"),
                    "Expected a valid, positive integer");
            check(
                    external,
                    options,
                    "dvdi/overwritefs",
                    text -> text.matches("(?i)true|false"),
                    "Expected a valid boolean");
        }
    }

    private static boolean label(String text) {
        return IS_LABEL.matcher(text).matches();
    }

    private static String pattern() {
        return "must match regular expression '^%s$'".formatted(LABEL);
    }

    private static String option(String key) {
        return "options(\"%s\")".formatted(key);
    }

    private static void check(
            Fields external,
            SortedMap<String, String> options,
            String key,
            Predicate<String> rule,
            String problem) {
        Optional.ofNullable(options.get(key))
                .filter(rule.negate())
                .ifPresent(_ -> external.rule(option(key), problem));
    }

    static ObjectNode write(External volume) {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("name", volume.name()).put("provider", External.PROVIDER);
        volume.size().ifPresent(gib -> json.put("size", gib));
        var options = json.putObject("options");
        volume.options().forEach(options::put);
        return json.put("shared", volume.shared());
    }
}
