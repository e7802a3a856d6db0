import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// From a call of the API to the command that its agent can read: `POST /v2/apps` at a fixed rate against
/// a running Ekiden, and a reader of `agent-commands` as an agent is one (read_committed). Prints the
/// time from sending the request to having the launch command, and to having the answer.
///
///     java -cp 'standalone/target/lib/*' bench/CallToCommand.java .ekiden 20 400
///
/// Arguments: the data directory of the running Ekiden, calls a second, calls.
public final class CallToCommand {
    public static void main(String[] args) throws Exception {
        ((ch.qos.logback.classic.Logger) org.slf4j.LoggerFactory.getLogger("ROOT"))
                .setLevel(ch.qos.logback.classic.Level.WARN);
        var instance = new ObjectMapper().readTree(Path.of(args[0], "ekiden.json").toFile());
        var api = instance.get("api").asText();
        int rate = Integer.parseInt(args[1]);
        int calls = Integer.parseInt(args[2]);
        var run = "bench-" + Long.toString(System.currentTimeMillis(), 36);
        var sent = new ConcurrentHashMap<String, Long>();
        var commanded = new ConcurrentHashMap<String, Long>();
        var answered = new ConcurrentHashMap<String, Long>();
        var reading = new CountDownLatch(1);
        var reader = Thread.ofPlatform().start(() ->
                read(instance.get("kafka").asText(), run, calls, commanded, reading));
        reading.await();
        try (var http = HttpClient.newHttpClient()) {
            long begin = System.nanoTime();
            for (int i = 0; i < calls; i++) {
                TimeUnit.NANOSECONDS.sleep(begin + i * 1_000_000_000L / rate - System.nanoTime());
                var id = run + "/a" + i;
                var body = "{\"id\":\"/%s\",\"cmd\":\"exec sleep 600\",\"cpus\":0.001,\"mem\":1,\"portDefinitions\":[]}";
                sent.put(id, System.nanoTime());
                var _ = http.sendAsync(
                                HttpRequest.newBuilder(URI.create(api + "/v2/apps"))
                                        .header("Content-Type", "application/json")
                                        .POST(HttpRequest.BodyPublishers.ofString(body.formatted(id)))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .thenAccept(answer -> {
                            if (answer.statusCode() != 201) {
                                System.err.println(answer.body());
                            }
                            answered.put(id, System.nanoTime());
                        });
            }
            reader.join(Duration.ofSeconds(30));
            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (answered.size() < calls && System.nanoTime() < end) {
                Thread.sleep(10);
            }
            print("call to command", sent, commanded);
            print("call to answer", sent, answered);
            for (var id : sent.keySet()) {
                http.send(
                        HttpRequest.newBuilder(URI.create(api + "/v2/apps/" + id)).DELETE().build(),
                        HttpResponse.BodyHandlers.discarding());
            }
        }
    }

    private static void read(
            String kafka, String run, int calls, Map<String, Long> commanded, CountDownLatch reading) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", kafka, "isolation.level", "read_committed",
                "key.deserializer", ByteArrayDeserializer.class, "value.deserializer", ByteArrayDeserializer.class);
        try (var consumer = new KafkaConsumer<byte[], byte[]>(settings)) {
            var partitions = consumer.partitionsFor("ekiden.agent-commands").stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            long end = System.nanoTime() + Duration.ofMinutes(5).toNanos();
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
            reading.countDown();
            while (commanded.size() < calls && System.nanoTime() < end) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    long now = System.nanoTime();
                    var text = new String(record.value(), java.nio.charset.StandardCharsets.UTF_8);
                    int at = text.indexOf("\"id\":\"/" + run);
                    if (text.contains("\"type\":\"Launch\"") && at > 0) {
                        commanded.putIfAbsent(text.substring(at + 7, text.indexOf('"', at + 7)), now);
                    }
                }
            }
        }
    }

    private static void print(String what, Map<String, Long> from, Map<String, Long> to) {
        var millis = to.entrySet().stream()
                .mapToDouble(end -> (end.getValue() - from.get(end.getKey())) / 1e6)
                .sorted()
                .toArray();
        System.out.printf(
                "%s: n=%d p50=%.1f p90=%.1f p99=%.1f max=%.1f ms%n",
                what, millis.length, at(millis, 0.5), at(millis, 0.9), at(millis, 0.99), at(millis, 1));
    }

    private static double at(double[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
    }

}
