package io.ekiden.log;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Every topic of one cluster, declared once: its name, its partitions, what it keeps, who writes
/// and who reads. `docs/topics.md` is held against this table by a test.
///
/// @param prefix begins the name of every topic, so that several clusters can share one Kafka
public record Topics(String prefix) {
    public static final String DEFAULT_PREFIX = "ekiden.";

    /// A reader's request waits so long at the broker when there is nothing new, so that an idle
    /// cluster costs little. What is new is answered at once. Not for a reader that changes its
    /// partitions: it would have to wait for the request under way.
    public static final int FETCH_MAX_WAIT_MS = 5_000;

    /// Partitions of `agent-commands`. Partition 0 carries every agent's `Welcome`; the others,
    /// commands.
    public static final int COMMAND_PARTITIONS = 64;

    /// The largest record, on every topic that carries definitions or what is made of them.
    public static final int MAX_MESSAGE_BYTES = 16 << 20;

    private static final Duration LONGEST_BOOTSTRAP = Duration.ofMinutes(10);

    /// One topic.
    ///
    /// @param name without the prefix
    /// @param settings Kafka's topic configuration
    public record Topic(
            String name,
            String fullName,
            int partitions,
            Map<String, String> settings,
            String writers,
            String readers) {
        public Topic {
            settings = new TreeMap<>(settings);
        }
    }

    /// The planner's `application.id`; its transactional ids begin with it.
    public String plannerApplicationId() {
        return prefix + "planner";
    }

    /// The planner's state store, whose changelog is `cluster-state`.
    public static final String STORE = "cluster-state";

    public Topic desiredState() {
        return topic("desired-state", 1, large(delete(Duration.ofDays(7))), "gateway", "planner");
    }

    public Topic agentReports() {
        return topic(
                "agent-reports",
                1,
                large(delete(Duration.ofDays(7))),
                "agents, proxies",
                "planner");
    }

    public Topic heartbeats() {
        return topic(
                "heartbeats",
                1,
                delete(Duration.ofHours(1)),
                "agents, proxies, planner's shell",
                "planner's shell");
    }

    public Topic journal() {
        return topic(
                "journal",
                1,
                large(delete(Duration.ofDays(30))),
                "planner",
                "gateway, replay tools, users");
    }

    /// The changelog of the planner's store: Kafka Streams dictates its name.
    public Topic clusterState() {
        var settings = large(compact());
        settings.put("min.compaction.lag.ms", Long.toString(LONGEST_BOOTSTRAP.toMillis()));
        return new Topic(
                "cluster-state",
                plannerApplicationId() + "-" + STORE + "-changelog",
                1,
                settings,
                "planner",
                "planner's standby, gateway");
    }

    public Topic agentCommands() {
        return topic(
                "agent-commands",
                COMMAND_PARTITIONS,
                large(delete(Duration.ofDays(7))),
                "planner",
                "agents");
    }

    public Topic endpoints() {
        return topic("endpoints", 1, large(compact()), "planner", "proxies");
    }

    public Topic deadLetters() {
        return topic("dead-letters", 1, large(delete(Duration.ofDays(30))), "all", "operators");
    }

    public Topic auditRefused() {
        return topic("audit-refused", 1, delete(Duration.ofDays(30)), "gateway", "gateway, users");
    }

    /// One partition: whoever is assigned it in the group [#webhookGroup] delivers.
    public Topic webhookDeliveries() {
        return topic("webhook-deliveries", 1, compact(), "gateway", "gateway");
    }

    public String webhookGroup() {
        return prefix + "webhooks";
    }

    /// Sealed values only: the key that opens them is on no topic.
    public Topic secrets() {
        return topic("secrets", 1, large(compact()), "gateway", "gateway");
    }

    /// All of them, in the order of the documentation.
    public List<Topic> all() {
        return List.of(
                desiredState(),
                agentReports(),
                heartbeats(),
                journal(),
                clusterState(),
                agentCommands(),
                endpoints(),
                deadLetters(),
                auditRefused(),
                webhookDeliveries(),
                secrets());
    }

    private Topic topic(
            String name,
            int partitions,
            Map<String, String> settings,
            String writers,
            String readers) {
        return new Topic(name, prefix + name, partitions, settings, writers, readers);
    }

    private static Map<String, String> delete(Duration retention) {
        var settings = common();
        settings.put("cleanup.policy", "delete");
        settings.put("retention.ms", Long.toString(retention.toMillis()));
        return settings;
    }

    private static Map<String, String> compact() {
        var settings = common();
        settings.put("cleanup.policy", "compact");
        return settings;
    }

    private static Map<String, String> large(Map<String, String> settings) {
        settings.put("max.message.bytes", Integer.toString(MAX_MESSAGE_BYTES));
        return settings;
    }

    /// A wrong clock of some writer must not let the broker delete or keep records (LogAppendTime).
    private static Map<String, String> common() {
        var settings = new LinkedHashMap<String, String>();
        settings.put("message.timestamp.type", "LogAppendTime");
        return settings;
    }
}
