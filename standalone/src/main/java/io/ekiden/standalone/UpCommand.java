package io.ekiden.standalone;

import io.ekiden.planner.core.Settings.Strategy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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
            converter = Converters.ForDuration.class,
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
            converter = Converters.ForPort.class,
            description = "Marathon's API and the UI (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            defaultValue = "9092",
            converter = Converters.ForPort.class,
            description = "The embedded Kafka broker (default: ${DEFAULT-VALUE}).")
    private int kafkaPort;

    @Mixin private LoadBalancerOptions loadBalancer;

    @Mixin private AgentOptions agentOptions;

    @Option(
            names = "--placement",
            paramLabel = "spread|binpack",
            defaultValue = "spread",
            converter = Converters.ForStrategy.class,
            description =
                    "Spread instances over the agents, or fill one agent before the next (default:"
                            + " ${DEFAULT-VALUE}).")
    private Strategy placement;

    @Mixin private SecurityOptions securityOptions;

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
        var security = securityOptions.security();
        securityOptions.refuseUnsafeBind(bind, security);
        var agents = agentOptions.agents();
        var frontends = loadBalancer.frontends();
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
        var ports = loadBalancer.ports(port, kafkaPort);
        ports.requireFree(bind);
        loadBalancer.requireFree(bind);
        SecurityOptions.requireUsable(security);
        // From here on log lines have a file to go to.
        System.setProperty("ekiden.log.dir", directory.log().toString());
        System.setProperty("ekiden.access.log", frontends.accessLog() ? "on" : "off");
        var foreground = new Foreground(terminal, directory, lock.get(), detachedChild);
        return foreground.run(
                new Standalone.Settings(
                        directory,
                        bind,
                        ports.withDns(loadBalancer.dnsPort(bind, terminal)),
                        frontends,
                        loadBalancer.discovery(),
                        agents,
                        placement,
                        securityOptions.insecure(),
                        security),
                definitions,
                timeout);
    }

    Strategy placement() {
        return placement;
    }

    LoadBalancerOptions loadBalancer() {
        return loadBalancer;
    }

    AgentOptions agents() {
        return agentOptions;
    }

    /// The user's, if there is one.
    static Optional<String> token() {
        return Optional.ofNullable(System.getenv(TOKEN)).filter(text -> !text.isBlank());
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
        try (var api = new Api(running.api(), token(), securityOptions.certificate())) {
            return new Deployer(api, running, terminal).deploy(definitions, timeout);
        }
    }
}
