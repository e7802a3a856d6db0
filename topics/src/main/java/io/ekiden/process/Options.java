package io.ekiden.process;

import io.ekiden.log.Topics;
import io.ekiden.model.PortRange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a process was told. A flag wins over a variable of the environment; a variable that is
/// empty counts as none, and one that is not an option of this process is another's. Any setting of
/// the Kafka clients can be given as `--kafka.security.protocol=SSL` or
/// `EKIDEN_KAFKA_SECURITY_PROTOCOL=SSL`. What makes no sense is an `IllegalArgumentException` with
/// one line for the user.
public final class Options {
    static final String VARIABLES = "EKIDEN_";

    private static final String KAFKA_FLAG = "--kafka.";
    private static final String KAFKA_VARIABLE = VARIABLES + "KAFKA_";
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,5})-([0-9]{1,5})");
    private static final Pattern LISTEN = Pattern.compile("(?<host>.+):(?<port>[0-9]{1,5})");
    private static final int MAX_PORT = 65_535;

    private final Map<String, Option> known;
    private final Map<String, String> values = new HashMap<>();
    private final SortedMap<String, String> kafka = new TreeMap<>();

    private Options(List<Option> known) {
        this.known = known.stream().collect(Collectors.toMap(Option::name, option -> option));
    }

    /// @param known every option that the process has
    public static Options parse(
            List<Option> known, List<String> args, Map<String, String> environment) {
        var options = new Options(known);
        options.readEnvironment(environment);
        options.readFlags(args);
        return options;
    }

    private void readEnvironment(Map<String, String> environment) {
        environment.forEach((name, value) -> {
            if (name.startsWith(KAFKA_VARIABLE) && !value.isBlank()) {
                var setting = name.substring(KAFKA_VARIABLE.length()).toLowerCase(Locale.ROOT);
                kafka.put(setting.replace('_', '.'), value);
            }
        });
        for (var option : known.values()) {
            var value = environment.getOrDefault(option.variable(), "");
            if (!value.isBlank()) {
                values.put(option.name(), value.strip());
            }
        }
    }

    private void readFlags(List<String> args) {
        var rest = args.iterator();
        while (rest.hasNext()) {
            readFlag(rest.next(), rest);
        }
    }

    private void readFlag(String arg, Iterator<String> rest) {
        int equals = arg.indexOf('=');
        var flag = equals < 0 ? arg : arg.substring(0, equals);
        var given = equals < 0 ? Optional.<String>empty() : Optional.of(arg.substring(equals + 1));
        if (flag.startsWith(KAFKA_FLAG)) {
            kafka.put(
                    flag.substring(KAFKA_FLAG.length()),
                    given.orElseGet(() -> valueOf(flag, rest)));
            return;
        }
        var option = known.get(flag.startsWith("--") ? flag.substring(2) : "");
        if (option == null) {
            throw new IllegalArgumentException("unknown option '%s'".formatted(flag));
        }
        values.put(
                option.name(),
                given.orElseGet(() -> option.isSwitch() ? "true" : valueOf(flag, rest)));
    }

    private static String valueOf(String flag, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new IllegalArgumentException("option '%s' needs a value".formatted(flag));
        }
        return rest.next();
    }

    /// @throws IllegalArgumentException also when the option has no value
    public String text(Option option) {
        return find(option)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "option '%s' or variable %s is missing"
                                        .formatted(option.flag(), option.variable())));
    }

    /// Its value, or what it has otherwise, if any.
    public Optional<String> find(Option option) {
        if (!known.containsKey(option.name())) {
            throw new IllegalStateException(option.name() + " is no option of this process");
        }
        return Optional.ofNullable(values.get(option.name())).or(option::otherwise);
    }

    public boolean isSet(Option option) {
        var value = text(option);
        return switch (value) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw wrong(option, "neither true nor false", value);
        };
    }

    /// @param lowest and `highest` that are allowed
    public int number(Option option, int lowest, int highest) {
        var value = text(option);
        try {
            int number = Integer.parseInt(value);
            if (number >= lowest && number <= highest) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw wrong(option, "not a number", value);
        }
        throw wrong(option, "not within %d-%d".formatted(lowest, highest), value);
    }

    /// 0 for any port that is free.
    public int port(Option option) {
        return number(option, 0, MAX_PORT);
    }

    public PortRange ports(Option option) {
        var value = text(option);
        var matcher = RANGE.matcher(value);
        if (matcher.matches()) {
            int first = Integer.parseInt(matcher.group(1));
            int last = Integer.parseInt(matcher.group(2));
            if (first > 0 && first <= last && last <= MAX_PORT) {
                return new PortRange(first, last);
            }
        }
        throw wrong(option, "no range of ports such as 10000-10100", value);
    }

    /// One of an enum's constants, written in small letters.
    public <E extends Enum<E>> E choice(Option option, Class<E> choices) {
        var value = text(option);
        return Arrays.stream(choices.getEnumConstants())
                .filter(choice -> choice.name().toLowerCase(Locale.ROOT).equals(value))
                .findFirst()
                .orElseThrow(() ->
                        wrong(
                                option,
                                "none of "
                                        + Arrays.toString(choices.getEnumConstants())
                                                .toLowerCase(Locale.ROOT),
                                value));
    }

    /// The address to listen on: loopback, or any with `--insecure`.
    public String bind() {
        var address = text(Option.BIND);
        requireSafe(Option.BIND, address);
        return address;
    }

    /// Addresses and ports to listen on, a comma list; none without a value. Loopback, or any with
    /// `--insecure`.
    public List<InetSocketAddress> listen(Option option) {
        return find(option).stream()
                .flatMap(value -> Stream.of(value.split("\\s*,\\s*", -1)))
                .map(value -> listen(option, value))
                .toList();
    }

    private InetSocketAddress listen(Option option, String value) {
        var matcher = LISTEN.matcher(value);
        if (!matcher.matches() || Integer.parseInt(matcher.group("port")) > MAX_PORT) {
            throw wrong(option, "no ADDRESS:PORT", value);
        }
        var host = matcher.group("host");
        requireSafe(option, host);
        return new InetSocketAddress(
                resolved(option, host), Integer.parseInt(matcher.group("port")));
    }

    /// Addresses as digits, a comma list; none without a value.
    public List<String> addresses(Option option) {
        return find(option).stream()
                .flatMap(value -> Stream.of(value.split("\\s*,\\s*", -1)))
                .map(value -> {
                    try {
                        return InetAddress.ofLiteral(value).getHostAddress();
                    } catch (IllegalArgumentException e) {
                        throw wrong(option, "no address", value);
                    }
                })
                .toList();
    }

    private void requireSafe(Option option, String host) {
        if (!isSet(Option.INSECURE) && !resolved(option, host).isLoopbackAddress()) {
            throw new IllegalArgumentException(
                    "%s is not loopback, and nobody is asked who calls: add --insecure to listen there all the same"
                            .formatted(host));
        }
    }

    private static InetAddress resolved(Option option, String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw wrong(option, "not an address of this machine", host);
        }
    }

    /// The content of the file that the option names, without surrounding blanks.
    public Optional<String> secret(Option option) {
        return find(option)
                .map(file -> {
                    try {
                        var secret = Files.readString(Path.of(file)).strip();
                        if (secret.isEmpty()) {
                            throw wrong(option, "an empty file", file);
                        }
                        return secret;
                    } catch (IOException e) {
                        throw new IllegalArgumentException(
                                "option '%s': %s cannot be read: %s"
                                        .formatted(option.flag(), file, e),
                                e);
                    }
                });
    }

    public String bootstrapServers() {
        return text(Option.BOOTSTRAP_SERVERS);
    }

    public Topics topics() {
        return new Topics(text(Option.TOPIC_PREFIX));
    }

    /// Settings of the Kafka clients besides those that have an option of their own.
    public SortedMap<String, String> kafka() {
        return new TreeMap<>(kafka);
    }

    private static IllegalArgumentException wrong(Option option, String why, String value) {
        return new IllegalArgumentException(
                "option '%s' is %s: '%s'".formatted(option.flag(), why, value));
    }

    /// One line for each option.
    static List<String> help(List<Option> known) {
        return known.stream()
                .map(option ->
                        "%-42s %-26s %s"
                                .formatted(
                                        option.flag() + otherwise(option),
                                        option.variable(),
                                        option.meaning()))
                .toList();
    }

    private static String otherwise(Option option) {
        return option.isSwitch() ? "" : option.otherwise().map(" "::concat).orElse(" …");
    }
}
