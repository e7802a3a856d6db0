package io.ekiden.planner.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ekiden.log.TopicAdmin;
import io.ekiden.log.Topics;
import io.ekiden.log.Topics.Topic;
import io.ekiden.testkit.TestBroker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Here and not beside `TopicAdmin`, because here is a broker.
final class TopicAdminTest {
    private static final String BROKER = TestBroker.shared().bootstrap();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static Admin admin(String bootstrap) {
        return Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap));
    }

    private static String ensure(Topics topics) {
        return TopicAdmin.ensure(BROKER, topics, (short) 1, PATIENCE);
    }

    @Test
    void makesEveryTopicWithItsSettingsAlsoWhenSeveralAskAtOnce() throws Exception {
        var topics = new Topics("several.");
        var asked =
                List.of(1, 2, 3).stream()
                        .map(_ -> CompletableFuture.supplyAsync(() -> ensure(topics)))
                        .toList();
        var ids = asked.stream().map(CompletableFuture::join).collect(Collectors.toSet());
        try (var admin = admin(BROKER)) {
            assertThat(ids).containsExactly(admin.describeCluster().clusterId().get());
            for (var topic : topics.all()) {
                assertThat(own(admin, topic)).containsAllEntriesOf(topic.settings());
            }
        }
        assertThat(ensure(topics)).isIn(ids);
    }

    private static Map<String, String> own(Admin admin, Topic topic) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.fullName());
        return admin.describeConfigs(List.of(resource)).all().get().get(resource).entries().stream()
                .filter(e -> e.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
                .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value));
    }

    @ParameterizedTest
    @CsvSource({
        "cleanup.policy,        delete",
        "cleanup.policy,        'compact,delete'",
        "min.compaction.lag.ms, 0",
        "max.message.bytes,     1048588",
        "message.timestamp.type,CreateTime"
    })
    void refusesAStateTopicThatIsNotAsItMustBe(String setting, String value) throws Exception {
        var topics = new Topics("unfit." + setting + value.length() + ".");
        var settings = new HashMap<>(topics.clusterState().settings());
        settings.put(setting, value);
        create(topics.clusterState(), 1, settings);

        assertThatThrownBy(() -> ensure(topics))
                .isInstanceOf(TopicAdmin.Unfit.class)
                .hasMessageContainingAll(topics.clusterState().fullName(), setting)
                .hasMessageNotContaining("\n");
    }

    @Test
    void refusesATopicWithAnotherNumberOfPartitions() throws Exception {
        var topics = new Topics("partitions.");
        create(topics.journal(), 2, topics.journal().settings());
        assertThatThrownBy(() -> ensure(topics))
                .isInstanceOf(TopicAdmin.Unfit.class)
                .hasMessage("topic partitions.journal has 2 partitions, must have 1");
    }

    @Test
    void leavesHowLongATopicKeepsItsRecordsToTheOperator() throws Exception {
        var topics = new Topics("retention.");
        var settings = new HashMap<>(topics.journal().settings());
        settings.put("retention.ms", "-1");
        create(topics.journal(), 1, settings);
        assertThat(ensure(topics)).isNotEmpty();
    }

    private static void create(Topic topic, int partitions, Map<String, String> settings)
            throws Exception {
        try (var admin = admin(BROKER)) {
            var wanted = new NewTopic(topic.fullName(), partitions, (short) 1).configs(settings);
            admin.createTopics(List.of(wanted)).all().get();
        }
    }

    @Test
    void saysSoWhenNoBrokerAnswersInTime() {
        var nobody = "127.0.0.1:" + TestBroker.freePort();
        assertThatThrownBy(
                        () -> TopicAdmin.ensure(nobody, new Topics("t."), (short) 1, Duration.ZERO))
                .isInstanceOf(TopicAdmin.Unreachable.class);
    }

    @Test
    void waitsForABrokerAndRefusesOneWithOldTransactions() throws Exception {
        var topics = new Topics("t.");
        int port = TestBroker.freePort();
        var bootstrap = "127.0.0.1:" + port;
        var early =
                CompletableFuture.supplyAsync(
                        () -> TopicAdmin.ensure(bootstrap, topics, (short) 1, PATIENCE));
        try (var broker = TestBroker.start(port, Map.of(), (short) 1);
                var admin = admin(broker.bootstrap())) {
            assertThatThrownBy(early::join)
                    .hasCauseInstanceOf(TopicAdmin.Unfit.class)
                    .hasMessageContaining("transaction.version=2 is needed, this one has 1");

            admin.updateFeatures(
                            Map.of(
                                    "transaction.version",
                                    new FeatureUpdate(
                                            (short) 2, FeatureUpdate.UpgradeType.UPGRADE)),
                            new UpdateFeaturesOptions())
                    .all()
                    .get();
            assertThat(TopicAdmin.ensure(admin, topics, (short) 1, PATIENCE)).isNotEmpty();
            assertThat(BrokerProbe.sessionTimeout(admin, Duration.ofSeconds(3)))
                    .isEqualTo(Duration.ofSeconds(6));
            assertThat(BrokerProbe.sessionTimeout(admin, Duration.ofSeconds(7)))
                    .isEqualTo(Duration.ofSeconds(7));
        }
    }
}
