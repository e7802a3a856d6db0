package io.ekiden.standalone;

import io.ekiden.gateway.core.access.Capability;
import io.ekiden.gateway.core.access.Grant;
import io.ekiden.gateway.core.access.Role;
import io.ekiden.gateway.users.Token;
import io.ekiden.gateway.users.TokenFile;
import io.ekiden.gateway.users.TokenLine;
import io.ekiden.model.PathId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/// `ekiden token`: makes, lists and removes the tokens of users. It only writes the file; whoever
/// serves with it sees the change within a second or two.
@Command(
        name = "token",
        description = "Make, list and remove the tokens of users.",
        mixinStandardHelpOptions = true,
        versionProvider = StandaloneMain.Version.class)
final class TokenCommand {
    private final Terminal terminal;

    TokenCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /// The options that say what a user may, one group for each path.
    static final class Granted {
        @Option(
                names = "--role",
                paramLabel = "ROLE",
                required = true,
                converter = RoleConverter.class,
                description = "viewer, deployer, operator or admin.")
        private Role role;

        @Option(
                names = "--path",
                paramLabel = "PATH",
                defaultValue = "/",
                description = "Where: this path and everything below it (default: /).")
        private String path;

        @Option(
                names = "--allow",
                paramLabel = "CAPABILITY",
                split = ",",
                converter = CapabilityConverter.class,
                description =
                        "host-volume, external-volume, host-network, privileged,"
                                + " docker-parameters, root-user, secret-read, secret-write, exec;"
                                + " an admin has all.")
        private List<Capability> capabilities = List.of();

        private Grant grant() {
            var allowed = EnumSet.noneOf(Capability.class);
            allowed.addAll(capabilities);
            return new Grant(role, PathId.of(path), allowed);
        }
    }

    @Command(
            name = "add",
            description =
                    "Make a token for a user, print it once, and keep its hash in the file. A user may"
                            + " have several tokens, each with its own rights.",
            mixinStandardHelpOptions = true)
    int add(
            @Parameters(paramLabel = "NAME", description = "The user, as the log will tell it.")
                    String name,
            @ArgGroup(exclusive = false, multiplicity = "1..*") List<Granted> granted,
            @Option(
                            names = "--file",
                            paramLabel = "F",
                            required = true,
                            description = "The token file; made when it is not there.")
                    Path file,
            @Option(
                            names = "--valid-for",
                            paramLabel = "TIME",
                            converter = DaysConverter.class,
                            description = "Such as 90d or 12h (default: for ever).")
                    Duration validFor)
            throws CommandFailure {
        var token = Token.random();
        var expires =
                Optional.ofNullable(validFor)
                        .map(time -> Instant.now().plus(time).truncatedTo(ChronoUnit.SECONDS));
        try {
            var grants = granted.stream().map(Granted::grant).toList();
            new TokenFile(file).add(TokenLine.of(name, token, grants, expires));
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(e.getMessage());
        } catch (IOException e) {
            throw CommandFailure.failed(e.getMessage());
        }
        terminal.result(token);
        terminal.say("this is the only time that the token is shown");
        return ExitCode.ENDED_AS_ASKED;
    }

    @Command(
            name = "list",
            description = "One line for each token: its user, the begin of its hash, its rights.",
            mixinStandardHelpOptions = true)
    int list(@Option(names = "--file", paramLabel = "F", required = true) Path file)
            throws CommandFailure {
        try {
            new TokenFile(file).read().forEach(line -> terminal.result(line(line)));
        } catch (IOException e) {
            throw CommandFailure.failed(e.getMessage());
        }
        return ExitCode.ENDED_AS_ASKED;
    }

    private static String line(TokenLine line) {
        var grants =
                line.grants().stream()
                        .map(grant ->
                                "%s:%s%s"
                                        .formatted(
                                                grant.role().text(),
                                                grant.path(),
                                                grant.capabilities().stream()
                                                        .sorted()
                                                        .map(one -> "+" + one.text())
                                                        .collect(Collectors.joining())))
                        .collect(Collectors.joining(" "));
        var expires = line.expires().map(time -> " until " + time).orElse("");
        return "%s %s %s%s".formatted(line.user(), line.sha256().substring(0, 8), grants, expires);
    }

    @Command(
            name = "remove",
            description = "Remove all tokens of a user, or the one whose hash begins with --hash.",
            mixinStandardHelpOptions = true)
    int remove(
            @Parameters(paramLabel = "NAME") String name,
            @Option(names = "--hash", paramLabel = "HEX", defaultValue = "") String hash,
            @Option(names = "--file", paramLabel = "F", required = true) Path file)
            throws CommandFailure {
        try {
            int removed =
                    new TokenFile(file)
                            .remove(line ->
                                    line.user().equals(name) && line.sha256().startsWith(hash));
            if (removed == 0) {
                throw CommandFailure.failed("%s has no such token for %s".formatted(file, name));
            }
            terminal.say("%d removed".formatted(removed));
        } catch (IOException e) {
            throw CommandFailure.failed(e.getMessage());
        }
        return ExitCode.ENDED_AS_ASKED;
    }

    static final class RoleConverter implements ITypeConverter<Role> {
        @Override
        public Role convert(String value) {
            return Role.of(value)
                    .orElseThrow(() ->
                            new TypeConversionException(
                                    "'%s' is none of viewer, deployer, operator, admin"
                                            .formatted(value)));
        }
    }

    static final class CapabilityConverter implements ITypeConverter<Capability> {
        @Override
        public Capability convert(String value) {
            return Capability.of(value)
                    .orElseThrow(() ->
                            new TypeConversionException("'%s' is no capability".formatted(value)));
        }
    }

    static final class DaysConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            if (value.matches("\\d{1,5}d")) {
                return Duration.ofDays(Long.parseLong(value.substring(0, value.length() - 1)));
            }
            return new Converters.ForDuration().convert(value);
        }
    }
}
