package io.ekiden.standalone;

import java.nio.file.Path;
import java.util.Properties;

/// The settings of the embedded broker: one node, few threads, nothing written or woken up while
/// nothing happens, and the short sessions and transactions that let a planner take over in
/// seconds.
final class BrokerSettings {
    static final String CONTROLLER = "CONTROLLER";

    private static final String NODE_ID = "1";

    private BrokerSettings() {}

    static Properties of(Path directory, String host, int clientPort, int controllerPort) {
        var p = new Properties();
        p.setProperty("process.roles", "broker,controller");
        p.setProperty("node.id", NODE_ID);
        p.setProperty("log.dirs", directory.toString());
        listeners(p, host, clientPort, controllerPort);
        oneReplica(p);
        shortSessions(p);
        small(p);
        quiet(p);
        // Topics are declared in one table; a client's typing error must not make one.
        p.setProperty("auto.create.topics.enable", "false");
        return p;
    }

    private static void listeners(Properties p, String host, int clientPort, int controllerPort) {
        p.setProperty(
                "listeners",
                "PLAINTEXT://%s:%d,%s://127.0.0.1:%d"
                        .formatted(host, clientPort, CONTROLLER, controllerPort));
        p.setProperty("advertised.listeners", "PLAINTEXT://%s:%d".formatted(host, clientPort));
        p.setProperty("controller.listener.names", CONTROLLER);
        p.setProperty(
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
        p.setProperty("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);
    }

    private static void oneReplica(Properties p) {
        p.setProperty("default.replication.factor", "1");
        p.setProperty("min.insync.replicas", "1");
        p.setProperty("offsets.topic.replication.factor", "1");
        p.setProperty("offsets.topic.num.partitions", "1");
        p.setProperty("transaction.state.log.replication.factor", "1");
        p.setProperty("transaction.state.log.min.isr", "1");
        p.setProperty("transaction.state.log.num.partitions", "2");
        p.setProperty("share.coordinator.state.topic.replication.factor", "1");
        p.setProperty("share.coordinator.state.topic.min.isr", "1");
        p.setProperty("share.coordinator.state.topic.num.partitions", "1");
    }

    private static void shortSessions(Properties p) {
        p.setProperty("group.initial.rebalance.delay.ms", "0");
        p.setProperty("group.min.session.timeout.ms", "500");
        p.setProperty("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
    }

    private static void small(Properties p) {
        p.setProperty("num.network.threads", "2");
        p.setProperty("num.io.threads", "3");
        p.setProperty("num.replica.fetchers", "1");
        p.setProperty("num.recovery.threads.per.data.dir", "2");
        p.setProperty("background.threads", "2");
        p.setProperty("group.coordinator.threads", "1");
        p.setProperty("share.coordinator.threads", "1");
        p.setProperty("log.cleaner.threads", "1");
        p.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
        p.setProperty("log.cleaner.io.buffer.size", Integer.toString(128 << 10));
        // Each partition maps two index files of this size; 1 MiB covers segments of 512 MiB.
        p.setProperty("log.index.size.max.bytes", Integer.toString(1 << 20));
        p.setProperty("log.segment.bytes", Integer.toString(128 << 20));
        p.setProperty("metadata.log.segment.bytes", Integer.toString(16 << 20));
        p.setProperty("message.max.bytes", Integer.toString(17 << 20));
        p.setProperty("max.incremental.fetch.session.cache.slots", "200");
    }

    private static void quiet(Properties p) {
        // Without this the controller writes a record every half second for ever.
        p.setProperty("metadata.max.idle.interval.ms", "0");
        // After a kill -9 the controller waits for the old session to end before it lets the broker
        // in.
        p.setProperty("broker.heartbeat.interval.ms", "500");
        p.setProperty("broker.session.timeout.ms", "2000");
    }
}
