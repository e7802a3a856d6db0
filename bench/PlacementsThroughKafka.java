import com.fasterxml.jackson.databind.ObjectMapper;
import io.ekiden.log.AgentReport;
import io.ekiden.log.Codec;
import io.ekiden.log.Fact;
import io.ekiden.log.Heartbeat;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.MemberKind;
import io.ekiden.log.Topics;
import io.ekiden.model.Container;
import io.ekiden.model.PortRange;
import io.ekiden.model.Resources;
import io.ekiden.model.Sorted;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Decisions through real Kafka: one app with many instances is created, and the launches are read
/// from the committed journal, until all have been decided. The agents only join and beat; they
/// launch nothing, and the constraint keeps the real one out, so that what is measured is the planner, its transactions and the broker.
///
///     EKIDEN_JAVA_OPTS='-Xmx2g -Xmn1g' ./ekiden up --detach --data-dir /tmp/bench
///     java -cp 'standalone/target/lib/*' bench/PlacementsThroughKafka.java /tmp/bench 100 20000 15
///     ./ekiden down --data-dir /tmp/bench
///
/// Arguments: the data directory of the running Ekiden, agents, instances, rounds (the first five warm up).
public final class PlacementsThroughKafka {
    private static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX);

    /// Rounds that are shown and not counted.
    private static final int WARM_UP = 5;

    public static void main(String[] args) throws Exception {
        ((ch.qos.logback.classic.Logger) org.slf4j.LoggerFactory.getLogger("ROOT"))
                .setLevel(ch.qos.logback.classic.Level.WARN);
        var instance = new ObjectMapper().readTree(Path.of(args[0], "ekiden.json").toFile());
        var api = instance.get("api").asText();
        var kafka = instance.get("kafka").asText();
        int agents = Integer.parseInt(args[1]);
        int instances = Integer.parseInt(args[2]);
        var run = "bench-" + Long.toString(System.currentTimeMillis(), 36);
        Map<String, Object> settings =
                Map.of(
                        "bootstrap.servers", kafka,
                        "key.serializer", ByteArraySerializer.class,
                        "value.serializer", ByteArraySerializer.class);
        try (var producer = new KafkaProducer<byte[], byte[]>(settings);
                var beat = new ScheduledThreadPoolExecutor(1);
                var http = HttpClient.newHttpClient()) {
            for (int i = 0; i < agents; i++) {
                join(producer, run + "-" + i);
            }
            var epochs = awaitAgents(http, api, run, agents);
            beat.scheduleAtFixedRate(() -> beat(producer, epochs), 0, 2, TimeUnit.SECONDS);
            var rates = new TreeMap<Double, String>();
            for (int round = 0; round < Integer.parseInt(args[3]); round++) {
                var id = run + "/app-" + round;
                double seconds = launched(http, api, kafka, id, instances);
                if (round >= WARM_UP) {
                    rates.put(instances / seconds, id);
                }
                System.out.printf(
                        "round=%d instances=%d seconds=%.2f placements/s=%.0f%n",
                        round, instances, seconds, instances / seconds);
            }
            System.out.printf(
                    "agents=%d instances=%d rounds=%d placements/s median=%.0f%n",
                    agents,
                    instances,
                    rates.size(),
                    rates.keySet().stream().skip(rates.size() / 2).findFirst().orElseThrow());
        }
    }

    private static void join(KafkaProducer<byte[], byte[]> producer, String agent) {
        AgentReport joined =
                new AgentReport.AgentJoined(
                        agent,
                        "session",
                        "boot",
                        agent,
                        "127.0.0.1",
                        Optional.empty(),
                        Resources.of(100_000, 100_000_000, 100_000, 0),
                        List.of(new PortRange(31000, 31999)),
                Optional.empty(),
                        Sorted.copyOf(Map.of("rack", "r" + agent.hashCode() % 10)),
                        Sorted.copyOf(List.of(Container.Type.MESOS)),
                        List.of(),
                        List.of(),Optional.empty());
        producer.send(
                new ProducerRecord<>(
                        TOPICS.agentReports().fullName(),
                        0,
                        agent.getBytes(StandardCharsets.UTF_8),
                        Codec.encode(AgentReport.class, joined)));
    }

    private static void beat(KafkaProducer<byte[], byte[]> producer, Map<String, Long> epochs) {
        epochs.forEach((agent, epoch) ->
                producer.send(
                        new ProducerRecord<>(
                                TOPICS.heartbeats().fullName(),
                                0,
                                agent.getBytes(StandardCharsets.UTF_8),
                                Codec.encode(
                                        Heartbeat.class,
                                        new Heartbeat(MemberKind.AGENT, agent, epoch)))));
    }

    /// The epoch of each of this run's agents, once all have joined.
    private static Map<String, Long> awaitAgents(
            HttpClient http, String api, String run, int agents) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(api + "/v2/agents")).build();
        var epochs = new TreeMap<String, Long>();
        while (epochs.size() < agents) {
            var text = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
            for (var agent : new ObjectMapper().readTree(text).path("agents")) {
                var id = agent.path("id").asText();
                if (id.startsWith(run)) {
                    epochs.put(id, agent.path("epoch").asLong());
                }
            }
        }
        return epochs;
    }

    /// Seconds from the entry that made the instances to the last one that launched them, by the
    /// clock of this reader.
    private static double launched(
            HttpClient http, String api, String kafka, String id, int instances) throws Exception {
        Map<String, Object> settings =
                Map.of(
                        "bootstrap.servers", kafka,
                        "isolation.level", "read_committed",
                        "max.partition.fetch.bytes", 64 << 20,
                        "fetch.max.bytes", 64 << 20,
                        "key.deserializer", ByteArrayDeserializer.class,
                        "value.deserializer", ByteArrayDeserializer.class);
        var journal = new TopicPartition(TOPICS.journal().fullName(), 0);
        try (var consumer = new KafkaConsumer<byte[], byte[]>(settings)) {
            consumer.assign(List.of(journal));
            consumer.seekToEnd(List.of(journal));
            consumer.position(journal);
            var body =
                    "{\"id\":\"/%s\",\"cmd\":\"true\",\"cpus\":0.001,\"mem\":1,\"instances\":%d,\"portDefinitions\":[],\"constraints\":[[\"rack\",\"LIKE\",\"r.*\"]]}"
                            .formatted(id, instances);
            long begin = System.nanoTime();
            var answer =
                    http.sendAsync(
                            HttpRequest.newBuilder(URI.create(api + "/v2/apps"))
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            // Decoded when the round is over: the reader is not to take the planner's cores.
            var read = new ArrayList<Read>();
            var quiet = Duration.ofSeconds(3);
            while (true) {
                var records = consumer.poll(quiet);
                long now = System.nanoTime();
                records.forEach(record -> read.add(new Read(record.value(), now)));
                if (answer.isDone() && answer.get().statusCode() != 201) {
                    throw new IllegalStateException(answer.get().body());
                }
                if (records.isEmpty() && answer.isDone()) {
                    return (lastLaunch(read, "/" + id, instances) - begin) / 1e9;
                }
            }
        }
    }

    private record Read(byte[] value, long at) {}

    /// When the last of an app's instances was read to be launched.
    private static long lastLaunch(List<Read> read, String id, int instances) throws Exception {
        int launched = 0;
        for (var record : read) {
            for (var fact : Codec.decode(JournalEntry.class, record.value()).facts()) {
                if (fact instanceof Fact.Launched some && some.spec().id().value().equals(id)) {
                    launched += some.instances().size();
                }
            }
            if (launched >= instances) {
                return record.at();
            }
        }
        throw new IllegalStateException(launched + " of " + instances + " were launched");
    }
}
