package io.ekiden.standalone;

import io.ekiden.agent.AgentSpec;
import io.ekiden.gateway.Security;
import io.ekiden.gateway.users.JwtSettings;
import io.ekiden.gateway.users.Token;
import io.ekiden.gateway.users.TokenFile;
import io.ekiden.model.PortRange;
import io.ekiden.planner.core.Settings.Strategy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// `ekiden up`: checks everything that can be checked beforehand, then starts Ekiden (or finds it
/// running) and deploys each FILE.
@Command(
        name = "up",
        description =
                "Run Ekiden on this machine and deploy each FILE, a Marathon definition in JSON: an app, a"
                        + " list of apps, a pod or a group. What is there already is updated. When Ekiden"
                        + " runs in the data directory already, the files are deployed to it.",
        footer = {
            "",
            "A port 0 picks a free one; DIR/ekiden.json has the actual ones.",
            "EKIDEN_TOKEN is your token, when FILEs are deployed to an Ekiden that asks for one.",
            "Exit codes: 0 ended as asked, 1 failed, 2 usage or unreadable file, 3 port busy, 4 not"
                    + " healthy within --timeout (with --detach)."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        versionProvider = StandaloneMain.Version.class)
final class UpCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", arity = "0..*", description = "Definitions to deploy.")
    private List<Path> files = List.of();

    @Option(
            names = "--detach",
            description = "Return when every app is healthy; Ekiden runs on until ekiden down.")
    private boolean detach;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "120s",
            converter = DurationConverter.class,
            description =
                    "How long to wait until every app is healthy, as 90s or 2m (default:"
                            + " ${DEFAULT-VALUE}).")
    private Duration timeout;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = ".ekiden",
            description =
                    "Keeps the log, the tasks' sandboxes and ekiden.json (default: ./.ekiden).")
    private Path dataDir;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Listen on this address (default: ${DEFAULT-VALUE}).")
    private String bind;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            converter = PortConverter.class,
            description = "Marathon's API and the UI (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--lb-port",
            paramLabel = "PORT",
            defaultValue = "9080",
            converter = PortConverter.class,
            description = "HTTP by virtual host (default: ${DEFAULT-VALUE}).")
    private int lbPort;

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            defaultValue = "9090",
            converter = PortConverter.class,
            description = "The load balancer's status (default: ${DEFAULT-VALUE}).")
    private int adminPort;

    @Option(
            names = "--dns-port",
            paramLabel = "PORT",
            defaultValue = "8053",
            converter = PortConverter.class,
            description =
                    "Names of services, by DNS (default: ${DEFAULT-VALUE}, or none when somebody"
                            + " else has that).")
    private int dnsPort;

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            defaultValue = "9092",
            converter = PortConverter.class,
            description = "The embedded Kafka broker (default: ${DEFAULT-VALUE}).")
    private int kafkaPort;

    @Option(
            names = "--service-ports",
            paramLabel = "FROM-TO",
            defaultValue = "10000-10100",
            converter = RangeConverter.class,
            description = "Apps get their service ports from here (default: ${DEFAULT-VALUE}).")
    private PortRange servicePorts;

    @Option(
            names = "--agents",
            paramLabel = "N",
            description = "Divide this machine among N agents (default: 1).")
    private Integer agents;

    @Option(
            names = "--agent",
            paramLabel = "SPEC",
            description =
                    "One agent; repeatable. SPEC is"
                            + " \"name=a1;hostname=a1;attributes=rack:r1,zone:z1;cpus=2;mem=1024;ports=31000-31099\".")
    private List<String> agentSpecs = List.of();

    @Option(
            names = "--placement",
            paramLabel = "spread|binpack",
            defaultValue = "spread",
            converter = StrategyConverter.class,
            description =
                    "Spread instances over the agents, or fill one agent before the next (default:"
                            + " ${DEFAULT-VALUE}).")
    private Strategy placement;

    @Option(
            names = "--token-file",
            paramLabel = "F",
            defaultValue = "${env:EKIDEN_TOKEN_FILE}",
            description =
                    "Users and the hashes of their tokens, made with ekiden token add; the API then asks"
                            + " everybody who he is (default: nobody is asked).")
    private Path tokenFile;

    @Option(
            names = "--jwt-keys",
            paramLabel = "F",
            defaultValue = "${env:EKIDEN_JWT_KEYS}",
            description =
                    "Public keys of an issuer of JSON Web Tokens, as a JWK set or in PEM; the API then"
                            + " asks everybody who he is, and trusts what these keys have signed.")
    private Path jwtKeys;

    @Option(
            names = "--jwt-issuer",
            paramLabel = "NAME",
            defaultValue = "${env:EKIDEN_JWT_ISSUER}",
            description = "What their iss must be.")
    private String jwtIssuer;

    @Option(
            names = "--jwt-audience",
            paramLabel = "NAME",
            defaultValue = "${env:EKIDEN_JWT_AUDIENCE}",
            description = "What their aud must have.")
    private String jwtAudience;

    @Option(
            names = "--jwt-claim",
            paramLabel = "CLAIM",
            defaultValue = "${env:EKIDEN_JWT_CLAIM:-" + JwtSettings.CLAIM + "}",
            description =
                    "Their claim with grants such as deployer:/team-a; a name or a JSON pointer (default:"
                            + " ${DEFAULT-VALUE}).")
    private String jwtClaim;

    @Option(
            names = "--tls-cert",
            paramLabel = "F",
            defaultValue = "${env:EKIDEN_TLS_CERT}",
            description = "Certificate chain of the API in PEM; with it, HTTPS.")
    private Path tlsCert;

    @Option(
            names = "--tls-key",
            paramLabel = "F",
            defaultValue = "${env:EKIDEN_TLS_KEY}",
            description = "The certificate's key in PEM.")
    private Path tlsKey;

    @Option(
            names = "--insecure",
            description = "Allow a --bind that is not loopback without users and --tls-cert.")
    private boolean insecure;

    /// Given to the background process by [Detached].
    @Option(names = Detached.CHILD_OPTION, hidden = true)
    private boolean detachedChild;

    /// Of the user, for an Ekiden that runs already and asks for one.
    static final String TOKEN = "EKIDEN_TOKEN";

    @Spec private CommandSpec spec;

    private final Terminal terminal;

    UpCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws CommandFailure, IOException, InterruptedException {
        var definitions = new ArrayList<Definitions>();
        for (var file : files) {
            definitions.add(Definitions.read(file));
        }
        var security = security();
        refuseUnsafeBind(security);
        var specs = agentSpecs();
        var directory = DataDirectory.of(dataDir);
        directory.prepare();
        if (detach && !detachedChild && !directory.taken()) {
            return new Detached(terminal).run(spec.commandLine().getParseResult().originalArgs());
        }
        var lock = directory.lock();
        if (lock.isEmpty()) {
            return deployToRunning(directory, definitions);
        }
        directory.forgetInstance();
        var ports =
                new Ports(port, lbPort, adminPort, OptionalInt.empty(), kafkaPort, servicePorts);
        ports.requireFree(bind);
        requireUsable(security);
        // From here on log lines have a file to go to.
        System.setProperty("ekiden.log.dir", directory.log().toString());
        var foreground = new Foreground(terminal, directory, lock.get(), detachedChild);
        return foreground.run(
                new Standalone.Settings(
                        directory,
                        bind,
                        ports.withDns(dnsPort()),
                        specs,
                        placement,
                        insecure,
                        security),
                definitions,
                timeout);
    }

    /// Where names are served. The usual port may well be another name server's, which is no reason
    /// not to start.
    private OptionalInt dnsPort() throws CommandFailure {
        if (Ports.isFreeForDns(bind, dnsPort)) {
            return OptionalInt.of(dnsPort);
        }
        if (spec.commandLine().getParseResult().hasMatchedOption("--dns-port")) {
            throw CommandFailure.portBusy(
                    "port %d (--dns-port) cannot be had on %s; name another, or 0 for any free one"
                            .formatted(dnsPort, bind));
        }
        terminal.say(
                "port %d cannot be had on %s: names of services are not served; --dns-port names another"
                        .formatted(dnsPort, bind));
        return OptionalInt.empty();
    }

    Strategy placement() {
        return placement;
    }

    private int deployToRunning(DataDirectory directory, List<Definitions> definitions)
            throws CommandFailure, IOException, InterruptedException {
        var running =
                directory
                        .instance()
                        .filter(instance -> instance.process().isPresent())
                        .orElseThrow(() ->
                                CommandFailure.failed(
                                        "another Ekiden is starting or stopping in "
                                                + directory.path()));
        terminal.say(
                "runs already in %s (process %d)%s"
                        .formatted(
                                directory.path(),
                                running.pid(),
                                definitions.isEmpty() ? "" : "; deploying to it"));
        terminal.result(running.readyLine());
        var token = Optional.ofNullable(System.getenv(TOKEN)).filter(text -> !text.isBlank());
        try (var api = new Api(running.api(), token, given(tlsCert))) {
            return new Deployer(api, running, terminal).deploy(definitions, timeout);
        }
    }

    /// This process calls its own API with a token that nobody else ever sees.
    private Security security() throws CommandFailure {
        try {
            return new Security(
                            given(tokenFile),
                            Security.Tls.of(
                                    given(tlsCert).map(Path::toString),
                                    given(tlsKey).map(Path::toString)),
                            Optional.of(Token.random()))
                    .withJwt(
                            JwtSettings.of(
                                    given(jwtKeys).map(Path::toString),
                                    given(jwtIssuer),
                                    given(jwtAudience),
                                    given(jwtClaim)));
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(e.getMessage());
        }
    }

    /// A variable of the environment that is empty is none.
    private static Optional<Path> given(Path file) {
        return Optional.ofNullable(file).filter(path -> !path.toString().isBlank());
    }

    private static Optional<String> given(String text) {
        return Optional.ofNullable(text).filter(value -> !value.isBlank());
    }

    private static void requireUsable(Security security) throws CommandFailure {
        try {
            if (security.tokenFile().isPresent()) {
                new TokenFile(security.tokenFile().get()).read();
            }
            if (security.jwt().isPresent()) {
                security.jwt().get().requireUsable();
            }
        } catch (IOException e) {
            throw CommandFailure.usage(e.getMessage());
        }
        if (security.tls().isPresent()) {
            var files = security.tls().get();
            for (var file : List.of(files.certificate(), files.key())) {
                if (!Files.isReadable(file)) {
                    throw CommandFailure.usage("%s cannot be read".formatted(file));
                }
            }
        }
    }

    private void refuseUnsafeBind(Security security) throws CommandFailure {
        try {
            if (!InetAddress.getByName(bind).isLoopbackAddress()
                    && !security.isComplete()
                    && !insecure) {
                throw CommandFailure.usage(
                        "--bind %s is not loopback: anybody who reaches it could run commands here; give"
                                        .formatted(bind)
                                + " --token-file or --jwt-keys, and --tls-cert with --tls-key, or say --insecure if"
                                + " that is meant");
            }
        } catch (UnknownHostException e) {
            throw CommandFailure.usage("--bind %s is no address of this machine".formatted(bind));
        }
    }

    private List<AgentSpec> agentSpecs() throws CommandFailure {
        if (agents != null && !agentSpecs.isEmpty()) {
            throw CommandFailure.usage("--agents and --agent exclude each other");
        }
        return agentSpecs.isEmpty()
                ? Machine.divided(agents == null ? 1 : agents)
                : Machine.parsed(agentSpecs);
    }

    /// `90s`, `2m`, `500ms`, `1h`; a bare number is seconds.
    static final class DurationConverter implements ITypeConverter<Duration> {
        private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)?");

        @Override
        public Duration convert(String value) {
            var matcher = FORM.matcher(value);
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + value + "' is not a time such as 90s");
            }
            long amount = Long.parseLong(matcher.group(1));
            return switch (String.valueOf(matcher.group(2))) {
                case "ms" -> Duration.ofMillis(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofSeconds(amount);
            };
        }
    }

    static final class StrategyConverter implements ITypeConverter<Strategy> {
        @Override
        public Strategy convert(String value) {
            return switch (value) {
                case "spread" -> Strategy.SPREAD;
                case "binpack" -> Strategy.BINPACK;
                default ->
                        throw new TypeConversionException(
                                "'" + value + "' is neither spread nor binpack");
            };
        }
    }

    /// 0 to 65535.
    static final class PortConverter implements ITypeConverter<Integer> {
        static final int MAX = 65_535;

        @Override
        public Integer convert(String value) {
            if (!value.matches("\\d{1,5}") || Integer.parseInt(value) > MAX) {
                throw new TypeConversionException("'" + value + "' is not a port (0 to 65535)");
            }
            return Integer.valueOf(value);
        }
    }

    /// `10000-10100`.
    static final class RangeConverter implements ITypeConverter<PortRange> {
        private static final Pattern FORM = Pattern.compile("(\\d{1,5})-(\\d{1,5})");

        @Override
        public PortRange convert(String value) {
            var matcher = FORM.matcher(value);
            if (matcher.matches()) {
                var range =
                        new PortRange(
                                Integer.parseInt(matcher.group(1)),
                                Integer.parseInt(matcher.group(2)));
                if (range.begin() > 0
                        && range.begin() <= range.end()
                        && range.end() <= PortConverter.MAX) {
                    return range;
                }
            }
            throw new TypeConversionException("'" + value + "' is not a range such as 10000-10100");
        }
    }
}
