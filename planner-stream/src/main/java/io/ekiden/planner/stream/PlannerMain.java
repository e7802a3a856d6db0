package io.ekiden.planner.stream;

import io.ekiden.log.TopicAdmin;
import io.ekiden.log.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs one planner as a process of its own. Settings are flags (`--bootstrap-servers=host:9092`)
/// or variables of the environment (`EKIDEN_BOOTSTRAP_SERVERS`); a flag wins. Settings of the Kafka
/// clients are given as `--kafka.security.protocol=SSL`.
///
/// SIGTERM ends it in order (143, as the JVM has it). It ends by itself with 1 when it could not
/// start or refuses to go on, with 2 for a setting that it does not understand.
public final class PlannerMain {
    private static final Logger LOG = LoggerFactory.getLogger(PlannerMain.class);

    private static final Duration EVER = Duration.ofDays(365_000);
    private static final String KAFKA = "kafka.";

    private static final Map<String, String> DEFAULTS =
            Map.of(
                    "bootstrap-servers",
                    "localhost:9092",
                    "topic-prefix",
                    Topics.DEFAULT_PREFIX,
                    "state-dir",
                    Path.of(System.getProperty("java.io.tmpdir"), "ekiden-planner").toString(),
                    "replication-factor",
                    "1",
                    "session-timeout-ms",
                    "3000",
                    "session-heartbeat-ms",
                    "500");

    private PlannerMain() {}

    public static void main(String[] args) throws InterruptedException {
        PlannerConfig config;
        try {
            config = config(args, System.getenv());
        } catch (IllegalArgumentException e) {
            LOG.error("planner=not-started why={}", e.getMessage());
            System.exit(2);
            return;
        }
        System.exit(run(config));
    }

    private static int run(PlannerConfig config) throws InterruptedException {
        var planner = new PlannerStream(config);
        Runtime.getRuntime().addShutdownHook(new Thread(planner::close, "planner-shutdown"));
        try {
            planner.start();
        } catch (TopicAdmin.Unfit | TopicAdmin.Unreachable e) {
            LOG.error("planner=not-started why={}", e.getMessage());
            return 1;
        }
        planner.awaitEnd(EVER);
        return planner.refusal().isPresent() ? 1 : 0;
    }

    static PlannerConfig config(String[] args, Map<String, String> environment) {
        var values = new LinkedHashMap<>(DEFAULTS);
        var kafka = new LinkedHashMap<String, String>();
        DEFAULTS.keySet()
                .forEach(name -> {
                    var variable = "EKIDEN_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
                    if (environment.containsKey(variable)) {
                        values.put(name, environment.get(variable));
                    }
                });
        for (var arg : args) {
            int equals = arg.indexOf('=');
            if (!arg.startsWith("--") || equals < 0) {
                throw new IllegalArgumentException("not --name=value: " + arg);
            }
            var name = arg.substring(2, equals);
            var value = arg.substring(equals + 1);
            if (name.startsWith(KAFKA)) {
                kafka.put(name.substring(KAFKA.length()), value);
            } else if (values.replace(name, value) == null) {
                throw new IllegalArgumentException("unknown setting: --" + name);
            }
        }
        return PlannerConfig.of(
                        values.get("bootstrap-servers"),
                        new Topics(values.get("topic-prefix")),
                        Path.of(values.get("state-dir")))
                .withReplicationFactor(Short.parseShort(values.get("replication-factor")))
                .withSession(
                        millis(values.get("session-timeout-ms")),
                        millis(values.get("session-heartbeat-ms")))
                .withClientSettings(kafka);
    }

    private static Duration millis(String text) {
        return Duration.ofMillis(Long.parseLong(text));
    }
}
