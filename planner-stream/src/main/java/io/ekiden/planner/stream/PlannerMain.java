package io.ekiden.planner.stream;

import io.ekiden.planner.core.Settings;
import io.ekiden.process.Option;
import io.ekiden.process.Options;
import io.ekiden.process.ServiceProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Runs one planner as a process of its own; `--help` tells its options, [ServiceProcess] how it
/// ends. It waits for Kafka without end, makes topics that are missing, and ends by itself with 1
/// when it refuses to go on.
public final class PlannerMain {
    private static final Duration EVER = Duration.ofDays(36_500);
    private static final int MAX_MILLIS = (int) Duration.ofHours(1).toMillis();

    private static final Option REPLICATION_FACTOR =
            Option.of("replication-factor", "1", "of topics that do not exist yet");
    private static final Option STATE_DIR =
            Option.of(
                    "state-dir",
                    Path.of(System.getProperty("java.io.tmpdir"), "ekiden-planner").toString(),
                    "for Kafka Streams' own files; one planner's alone, and of no value");
    private static final Option SESSION_TIMEOUT =
            Option.of("session-timeout-ms", "3000", "until Kafka gives up a silent planner");
    private static final Option SESSION_HEARTBEAT =
            Option.of("session-heartbeat-ms", "500", "between two signs of life to Kafka");

    private static final Option PLACEMENT =
            Option.of("placement", "spread", "spread instances over agents, or binpack them");

    private static final List<Option> OPTIONS =
            List.of(
                    Option.BOOTSTRAP_SERVERS,
                    Option.TOPIC_PREFIX,
                    REPLICATION_FACTOR,
                    STATE_DIR,
                    Option.SERVICE_PORTS,
                    PLACEMENT,
                    SESSION_TIMEOUT,
                    SESSION_HEARTBEAT);

    private PlannerMain() {}

    public static void main(String[] args) {
        ServiceProcess.run("planner", OPTIONS, args, options -> new Planner(config(options)));
    }

    private record Planner(PlannerStream stream) implements ServiceProcess.Service {
        Planner(PlannerConfig config) {
            this(new PlannerStream(config));
        }

        @Override
        public void start() {
            stream.start();
        }

        @Override
        public int awaitEnd() throws InterruptedException {
            stream.awaitEnd(EVER);
            return stream.refusal().isPresent() ? 1 : 0;
        }

        @Override
        public void close() {
            stream.close();
        }
    }

    static PlannerConfig config(Options options) {
        return PlannerConfig.of(
                        options.bootstrapServers(),
                        options.topics(),
                        Path.of(options.text(STATE_DIR)))
                .withSettings(
                        Settings.DEFAULT
                                .withServicePorts(options.ports(Option.SERVICE_PORTS))
                                .withStrategy(options.choice(PLACEMENT, Settings.Strategy.class)))
                .withReplicationFactor(
                        (short) options.number(REPLICATION_FACTOR, 1, Short.MAX_VALUE))
                .withSession(
                        Duration.ofMillis(options.number(SESSION_TIMEOUT, 1, MAX_MILLIS)),
                        Duration.ofMillis(options.number(SESSION_HEARTBEAT, 1, MAX_MILLIS)))
                .withPatience(EVER)
                .withClientSettings(options.kafka());
    }

    static List<Option> options() {
        return OPTIONS;
    }
}
