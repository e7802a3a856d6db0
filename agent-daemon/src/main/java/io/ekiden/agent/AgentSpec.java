package io.ekiden.agent;

import io.ekiden.agent.runtime.Disks;
import io.ekiden.model.Disk;
import io.ekiden.model.PortRange;
import io.ekiden.model.Sorted;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// One agent as a command line describes it:
/// `name=a1;hostname=a1;attributes=rack:r1,zone:z1;cpus=2;mem=1024;ports=31000-31099`. Only the
/// name must be given; what is absent is the caller's to fill in. `disk` and `gpus` are known too,
/// and `disks`, such as `path:/srv/a:5000,mount:/srv/b::ssd`: type, path and, where they are given,
/// MiB and profile. Several port ranges are separated by commas.
///
/// @param name the agent's id
/// @param mem and `disk` in MiB
public record AgentSpec(
        String name,
        Optional<String> hostname,
        SortedMap<String, String> attributes,
        Optional<Double> cpus,
        Optional<Double> mem,
        Optional<Double> disk,
        Optional<Double> gpus,
        List<Disks.Named> disks,
        List<PortRange> ports) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");
    private static final Pattern DISK =
            Pattern.compile("(path|mount):(/[^:]*)(?::([1-9][0-9]{0,8})?(?::([A-Za-z0-9._-]+))?)?");
    private static final int MAX_PORT = 65535;
    private static final List<String> KEYS =
            List.of(
                    "name",
                    "hostname",
                    "attributes",
                    "cpus",
                    "mem",
                    "disk",
                    "gpus",
                    "disks",
                    "ports");

    public AgentSpec {
        attributes = Sorted.copyOf(attributes);
        disks = List.copyOf(disks);
        ports = List.copyOf(ports);
    }

    /// The outcome of reading a text.
    public sealed interface Parsed {
        record Ok(AgentSpec spec) implements Parsed {}

        /// @param problem one line
        record Wrong(String problem) implements Parsed {}
    }

    /// The text breaks a rule; never leaves this class.
    private static final class Problem extends Exception {
        private static final long serialVersionUID = 1;

        Problem(String message) {
            super(message);
        }
    }

    public static Parsed parse(String text) {
        try {
            return new Parsed.Ok(read(fields(text)));
        } catch (Problem e) {
            return new Parsed.Wrong("agent '%s': %s".formatted(text, e.getMessage()));
        }
    }

    private static Map<String, String> fields(String text) throws Problem {
        var fields = new TreeMap<String, String>();
        for (var part : text.split(";", -1)) {
            if (part.isBlank()) {
                continue;
            }
            int equals = part.indexOf('=');
            check(equals > 0, "'%s' is not key=value", part);
            var key = part.substring(0, equals).strip();
            check(KEYS.contains(key), "'%s' is none of " + String.join(", ", KEYS), key);
            check(
                    fields.put(key, part.substring(equals + 1).strip()) == null,
                    "'%s' is given twice",
                    key);
        }
        return fields;
    }

    private static AgentSpec read(Map<String, String> fields) throws Problem {
        var name = fields.getOrDefault("name", "");
        check(
                NAME.matcher(name).matches(),
                "the name '%s' is not letters, digits, '.', '_', '-'",
                name);
        var hostname = Optional.ofNullable(fields.get("hostname"));
        if (hostname.isPresent()) {
            check(!hostname.get().isEmpty(), "the %s is empty", "hostname");
        }
        return new AgentSpec(
                name,
                hostname,
                attributes(fields.getOrDefault("attributes", "")),
                number(fields, "cpus"),
                number(fields, "mem"),
                number(fields, "disk"),
                number(fields, "gpus"),
                disks(fields.getOrDefault("disks", "")),
                ports(fields.getOrDefault("ports", "")));
    }

    private static SortedMap<String, String> attributes(String text) throws Problem {
        var attributes = new TreeMap<String, String>();
        for (var part : list(text)) {
            int colon = part.indexOf(':');
            check(colon > 0, "the attribute '%s' is not name:value", part);
            attributes.put(part.substring(0, colon), part.substring(colon + 1));
        }
        return attributes;
    }

    private static Optional<Double> number(Map<String, String> fields, String key) throws Problem {
        var text = fields.get(key);
        if (text == null) {
            return Optional.empty();
        }
        var wrong = new Problem("%s '%s' is not a number from 0".formatted(key, text));
        try {
            double number = Double.parseDouble(text);
            if (!Double.isFinite(number) || number < 0) {
                throw wrong;
            }
            return Optional.of(number);
        } catch (NumberFormatException e) {
            throw wrong;
        }
    }

    private static List<Disks.Named> disks(String text) throws Problem {
        var disks = new ArrayList<Disks.Named>();
        for (var part : list(text)) {
            var matcher = DISK.matcher(part);
            check(matcher.matches(), "the disk '%s' is not TYPE:/PATH[:MIB[:PROFILE]]", part);
            var path = Path.of(matcher.group(2));
            check(
                    disks.stream().noneMatch(disk -> disk.path().equals(path)),
                    "the disk '%s' is there twice",
                    part);
            disks.add(
                    new Disks.Named(
                            Disk.Type.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)),
                            path,
                            Optional.ofNullable(matcher.group(3)).map(Integer::valueOf),
                            Optional.ofNullable(matcher.group(4))));
        }
        return disks;
    }

    private static List<PortRange> ports(String text) throws Problem {
        var ranges = new ArrayList<PortRange>();
        for (var part : list(text)) {
            var matcher = RANGE.matcher(part);
            check(matcher.matches(), "the ports '%s' are not FIRST-LAST", part);
            int begin = Integer.parseInt(matcher.group(1));
            int end = matcher.group(2) == null ? begin : Integer.parseInt(matcher.group(2));
            check(
                    begin >= 1 && begin <= end && end <= MAX_PORT,
                    "the ports '%s' are not within 1-" + MAX_PORT,
                    part);
            ranges.add(new PortRange(begin, end));
        }
        return ranges;
    }

    private static List<String> list(String text) {
        return text.isBlank() ? List.of() : List.of(text.split("\\s*,\\s*", -1));
    }

    private static void check(boolean holds, String problem, String value) throws Problem {
        if (!holds) {
            throw new Problem(problem.formatted(value));
        }
    }
}
