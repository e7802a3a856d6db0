package io.ekiden.process;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.Security;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs one service as a process, in a container or not. It waits, without end and with one line in
/// its log, until a broker can be reached, then starts the service. SIGTERM ends it in order (143,
/// as the JVM has it). Other exit codes: 0 for `--help`, 1 failed, 2 an option that makes no sense,
/// 3 an address that cannot be bound.
public final class ServiceProcess {
    private static final String LOGGING = "logback.configurationFile";

    static {
        // Before the first logger is made; who brings a configuration of his own keeps it.
        if (System.getProperty(LOGGING) == null) {
            System.setProperty(LOGGING, "io/ekiden/process/logback.xml");
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(ServiceProcess.class);

    /// A container that is started again has another address.
    private static final Duration NAMES_KNOWN = Duration.ofSeconds(5);

    private static final Duration NAMES_UNKNOWN = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final int KAFKA_PORT = 9092;

    private final String name;
    private final Thread main = Thread.currentThread();
    private volatile boolean starting = true;
    private volatile boolean stopping;

    private ServiceProcess(String name) {
        this.name = name;
    }

    /// What runs. Every method but [#start] may be called by another thread.
    public interface Service extends AutoCloseable {
        /// @throws Exception when it cannot start, with a message for the operator; when it was
        ///   interrupted, of any kind
        void start() throws Exception;

        /// Returns when the service has ended by itself, with the process's exit code.
        default int awaitEnd() throws InterruptedException {
            new CountDownLatch(1).await();
            return 0;
        }

        /// Whether it is of use while Kafka is away. Even then it is started only when Kafka's name
        /// is known: in a network of containers it is not until the first broker has started, and
        /// Kafka's clients refuse to exist.
        default boolean answersWithoutKafka() {
            return false;
        }

        @Override
        void close();
    }

    /// Does not return.
    ///
    /// @param wiring makes the service from what it was told
    public static void run(
            String name, List<Option> known, String[] args, Function<Options, Service> wiring) {
        System.exit(new ServiceProcess(name).exitCode(known, List.of(args), wiring));
    }

    private int exitCode(List<Option> known, List<String> args, Function<Options, Service> wiring) {
        if (args.contains("--help")) {
            Options.help(known).forEach(LOG::info);
            return 0;
        }
        try {
            var options = Options.parse(known, args, System.getenv());
            rememberNamesShortly();
            // A name that cannot be resolved yet would fail the wiring.
            awaitKafka(options.bootstrapServers(), ServiceProcess::isKnown, "no-such-host");
            var service = wiring.apply(options);
            if (!service.answersWithoutKafka()) {
                awaitKafka(options.bootstrapServers(), ServiceProcess::accepts, "not-reached");
            }
            return run(service);
        } catch (IllegalArgumentException e) {
            LOG.error("{}=not-started why={}", name, e.getMessage());
            return 2;
        } catch (InterruptedException e) {
            return 1;
        }
    }

    private int run(Service service) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(service), "shutdown"));
        try {
            service.start();
        } catch (Exception e) {
            // Whoever stops the process has interrupted the start.
            if (!stopping) {
                LOG.error("{}=not-started why={}", name, why(e));
            }
            return isBind(e) ? 3 : 1;
        }
        starting = false;
        return service.awaitEnd();
    }

    private void stop(Service service) {
        stopping = true;
        LOG.info("{}=stopping", name);
        if (starting) {
            main.interrupt();
        }
        service.close();
        LOG.info("{}=stopped", name);
    }

    private static String why(Exception e) {
        return Optional.ofNullable(e.getMessage()).orElseGet(e::toString);
    }

    private static boolean isBind(Throwable e) {
        for (var cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return true;
            }
        }
        return false;
    }

    private static void rememberNamesShortly() {
        Security.setProperty("networkaddress.cache.ttl", Long.toString(NAMES_KNOWN.toSeconds()));
        Security.setProperty(
                "networkaddress.cache.negative.ttl", Long.toString(NAMES_UNKNOWN.toSeconds()));
    }

    private static void awaitKafka(
            String bootstrapServers, Predicate<InetSocketAddress> there, String why)
            throws InterruptedException {
        boolean said = false;
        while (servers(bootstrapServers).noneMatch(there)) {
            if (!said) {
                LOG.info("kafka=waiting bootstrap={} why={}", bootstrapServers, why);
                said = true;
            }
            Thread.sleep(PAUSE);
        }
    }

    /// Looked up anew.
    private static Stream<InetSocketAddress> servers(String bootstrapServers) {
        return Arrays.stream(bootstrapServers.split(",", -1)).map(ServiceProcess::server);
    }

    private static InetSocketAddress server(String text) {
        var server = text.strip();
        int colon = server.lastIndexOf(':');
        try {
            return colon < 0
                    ? new InetSocketAddress(server, KAFKA_PORT)
                    : new InetSocketAddress(
                            server.substring(0, colon),
                            Integer.parseInt(server.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not HOST:PORT: '%s'".formatted(server), e);
        }
    }

    private static boolean isKnown(InetSocketAddress server) {
        return !server.isUnresolved();
    }

    private static boolean accepts(InetSocketAddress server) {
        try (var socket = new Socket()) {
            socket.connect(server, (int) CONNECT.toMillis());
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
