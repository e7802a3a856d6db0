package io.ekiden.log;

import io.ekiden.log.Topics.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the topics of a cluster, once and for all services that ask, and checks that Kafka and the
/// topics that are there already are as Ekiden needs them. Nothing that exists is ever altered or
/// deleted.
///
/// Waits for a broker that is not there yet. [Unreachable] says that the time is up, [Unfit] that
/// waiting would not help; the message of either is one line for the operator.
public final class TopicAdmin {
    private static final Logger LOG = LoggerFactory.getLogger(TopicAdmin.class);

    /// Kafka's second version of transactions (Kafka 4.0). Before it, a late write of a dead
    /// planner could join the transaction of the next.
    static final short TRANSACTION_VERSION = 2;

    private static final String TRANSACTION_FEATURE = "transaction.version";
    private static final Duration CALL = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final int SAFE_REPLICATION = 3;

    private final Admin admin;
    private final Topics topics;
    private final short replicationFactor;

    private TopicAdmin(Admin admin, Topics topics, short replicationFactor) {
        this.admin = admin;
        this.topics = topics;
        this.replicationFactor = replicationFactor;
    }

    /// Kafka or a topic is not as Ekiden needs it; an operator has to change it.
    public static final class Unfit extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unfit(String message) {
            super(message);
        }
    }

    /// No sufficient answer of Kafka within the time given.
    public static final class Unreachable extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unreachable(String message, Throwable last) {
            super(message, last);
        }
    }

    /// @param patience how long to wait for a broker
    /// @return the id of the Kafka cluster
    public static String ensure(
            String bootstrapServers, Topics topics, short replicationFactor, Duration patience) {
        var settings =
                Map.<String, Object>of(
                        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        (int) CALL.toMillis(),
                        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        (int) CALL.toMillis());
        try (var admin = Admin.create(settings)) {
            return ensure(admin, topics, replicationFactor, patience);
        }
    }

    /// As above, with the caller's client, which stays open.
    public static String ensure(
            Admin admin, Topics topics, short replicationFactor, Duration patience) {
        return new TopicAdmin(admin, topics, replicationFactor).ensure(patience);
    }

    private String ensure(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean said = false;
        while (true) {
            try {
                return once();
            } catch (NotYet e) {
                var why = e.getCause().toString().lines().findFirst().orElse("");
                if (System.nanoTime() >= deadline) {
                    throw new Unreachable(
                            "Kafka gave no sufficient answer within %d s: %s"
                                    .formatted(patience.toSeconds(), why),
                            e.getCause());
                }
                if (!said) {
                    LOG.info("kafka=waiting patience={}s why={}", patience.toSeconds(), why);
                    said = true;
                }
                pause();
            }
        }
    }

    private String once() throws NotYet {
        var clusterId = ask(admin.describeCluster().clusterId());
        checkTransactions();
        create(missing());
        check();
        return clusterId;
    }

    private void checkTransactions() throws NotYet {
        var finalized = ask(admin.describeFeatures().featureMetadata()).finalizedFeatures();
        FinalizedVersionRange level = finalized.get(TRANSACTION_FEATURE);
        if (level == null || level.maxVersionLevel() < TRANSACTION_VERSION) {
            throw new Unfit(
                    "Kafka 4.0 or later with %s=%d is needed, this one has %s"
                            .formatted(
                                    TRANSACTION_FEATURE,
                                    TRANSACTION_VERSION,
                                    level == null ? "none" : level.maxVersionLevel()));
        }
    }

    private List<Topic> missing() throws NotYet {
        Set<String> present = ask(admin.listTopics().names());
        return topics.all().stream().filter(t -> !present.contains(t.fullName())).toList();
    }

    private void create(List<Topic> missing) throws NotYet {
        var wanted = missing.stream().map(this::newTopic).toList();
        var results = admin.createTopics(wanted).values();
        for (var topic : missing) {
            try {
                ask(results.get(topic.fullName()));
                LOG.info(
                        "topic={} state=created partitions={}",
                        topic.fullName(),
                        topic.partitions());
            } catch (TopicExistsException e) {
                // Another service was faster.
                LOG.debug("topic={} state=exists", topic.fullName());
            }
        }
    }

    private NewTopic newTopic(Topic topic) {
        var settings = new HashMap<>(topic.settings());
        if (replicationFactor >= SAFE_REPLICATION) {
            settings.put("min.insync.replicas", "2");
        }
        return new NewTopic(topic.fullName(), topic.partitions(), replicationFactor)
                .configs(settings);
    }

    private void check() throws NotYet {
        var names = topics.all().stream().map(Topic::fullName).toList();
        Map<String, TopicDescription> described = ask(admin.describeTopics(names).allTopicNames());
        var settings = settings(names);
        var problems = new ArrayList<String>();
        for (var topic : topics.all()) {
            problems.addAll(
                    problems(
                            topic,
                            described.get(topic.fullName()).partitions().size(),
                            settings.get(topic.fullName())));
        }
        if (!problems.isEmpty()) {
            throw new Unfit(String.join("; ", problems));
        }
    }

    private Map<String, Function<String, String>> settings(Collection<String> names) throws NotYet {
        var resources =
                names.stream()
                        .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                        .toList();
        Map<ConfigResource, Config> configs = ask(admin.describeConfigs(resources).all());
        return configs.entrySet().stream()
                .collect(
                        Collectors.toMap(
                                config -> config.getKey().name(),
                                config -> setting -> value(config.getValue(), setting)));
    }

    private static String value(Config config, String setting) {
        var entry = config.get(setting);
        return entry == null || entry.value() == null ? "" : entry.value();
    }

    /// What of an existing topic is not as Ekiden needs it. How long it keeps its records is the
    /// operator's choice.
    static List<String> problems(Topic topic, int partitions, Function<String, String> actual) {
        var problems = new ArrayList<String>();
        if (partitions != topic.partitions()) {
            problems.add(
                    "topic %s has %d partitions, must have %d"
                            .formatted(topic.fullName(), partitions, topic.partitions()));
        }
        topic.settings()
                .forEach((setting, wanted) -> {
                    var value = actual.apply(setting);
                    if (!suffices(setting, value, wanted)) {
                        problems.add(
                                "topic %s has %s=%s, must be %s"
                                        .formatted(topic.fullName(), setting, value, wanted));
                    }
                });
        return problems;
    }

    private static boolean suffices(String setting, String actual, String wanted) {
        return switch (setting) {
            case "retention.ms" -> true;
            case "max.message.bytes", "min.compaction.lag.ms" ->
                    !actual.isEmpty() && Long.parseLong(actual) >= Long.parseLong(wanted);
            default -> actual.equals(wanted);
        };
    }

    /// Something that waiting may cure.
    private static final class NotYet extends Exception {
        private static final long serialVersionUID = 1;

        NotYet(Throwable cause) {
            super(cause);
        }
    }

    private static <T> T ask(KafkaFuture<T> answer) throws NotYet {
        try {
            return answer.get(2 * CALL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new NotYet(e);
        } catch (ExecutionException e) {
            throw sorted(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted while waiting for Kafka", e);
        }
    }

    private static NotYet sorted(Throwable problem) {
        return switch (problem) {
            case TopicExistsException exists -> throw exists;
            // Too few brokers: more of them may still be starting.
            case RetriableException _, InvalidReplicationFactorException _ -> new NotYet(problem);
            default -> throw new Unfit("Kafka refuses: " + problem.getMessage());
        };
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable("interrupted while waiting for Kafka", e);
        }
    }
}
