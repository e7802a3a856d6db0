package io.ekiden.proxy;

import io.ekiden.log.AgentReport;
import io.ekiden.log.AgentReport.Drain;
import io.ekiden.log.Codec;
import io.ekiden.log.Heartbeat;
import io.ekiden.log.MemberKind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All that the proxy says to Kafka, on a thread of its own: joined, heartbeats, drains, dead
/// letters, leaving. What is said is kept until Kafka has acknowledged it, in order, and may be
/// said twice; heartbeats are not kept. When Kafka was away for longer than the planner waits, the
/// proxy joins again.
final class Reports {
    private static final Logger LOG = LoggerFactory.getLogger(Reports.class);

    /// Sent together, then waited for.
    private static final int MAX_BATCH = 500;

    /// As `dead-letters` takes: a poison record with its headers.
    private static final int MAX_REQUEST_BYTES = 16 << 20;

    private static final int RECORD_TIMEOUT_MS = 6_000;
    private static final int REQUEST_TIMEOUT_MS = 3_000;
    private static final long RETRY_MS = 500;

    private final ProxyConfig config;
    private final Function<Map<String, Object>, Producer<byte[], byte[]>> producers;
    private final Thread thread = new Thread(this::run, "proxy-reports");
    private final Deque<ProducerRecord<byte[], byte[]>> kept = new ArrayDeque<>();
    private final AtomicLong lastAck = new AtomicLong(System.nanoTime());
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Runnable rejoined = () -> {};
    private volatile boolean closing;
    private boolean member;
    private boolean troubled;
    private long beatDue = System.nanoTime();

    private Reports(
            ProxyConfig config, Function<Map<String, Object>, Producer<byte[], byte[]>> producers) {
        this.config = config;
        this.producers = producers;
        thread.setDaemon(true);
    }

    static Reports of(ProxyConfig config) {
        return new Reports(config, KafkaProducer::new);
    }

    /// @param rejoined is run when the proxy has joined again after Kafka was away
    void start(Runnable rejoined) {
        this.rejoined = rejoined;
        thread.start();
    }

    /// From now on the proxy is a member: it joins and beats.
    synchronized void join() {
        member = true;
        lastAck.set(System.nanoTime());
        keepJoined();
    }

    synchronized void drained(Backend backend, Drain drain) {
        keep(
                new AgentReport.EndpointDrained(
                        config.proxyId(), backend.taskId(), backend.portIndex(), drain));
    }

    /// Sets a record aside that could not be read.
    synchronized void deadLetter(ConsumerRecord<byte[], byte[]> poison, String why) {
        var letter =
                new ProducerRecord<>(
                        config.topics().deadLetters().fullName(), 0, poison.key(), poison.value());
        Map.of(
                        "ekiden.topic", poison.topic(),
                        "ekiden.partition", Integer.toString(poison.partition()),
                        "ekiden.offset", Long.toString(poison.offset()),
                        "ekiden.reason", why,
                        "ekiden.reader", config.proxyId())
                .forEach((k, v) -> letter.headers().add(k, v.getBytes(StandardCharsets.UTF_8)));
        kept.add(letter);
        notifyAll();
    }

    /// How long ago Kafka last acknowledged anything.
    Duration sinceLastAck() {
        return Duration.ofNanos(System.nanoTime() - lastAck.get());
    }

    synchronized int unsent() {
        return kept.size();
    }

    /// Says good-bye if the proxy had joined, and ends; waits for Kafka no longer than `patience`.
    void close(Duration patience) {
        synchronized (this) {
            if (member) {
                keep(new AgentReport.ProxyLeaving(config.proxyId()));
            }
            closing = true;
            notifyAll();
        }
        try {
            if (thread.isAlive() && !ended.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("unsent={} reason=kafka did not answer in time", unsent());
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void keepJoined() {
        keep(
                new AgentReport.ProxyJoined(
                        config.proxyId(), UUID.randomUUID().toString(), config.hostname()));
    }

    private void keep(AgentReport report) {
        kept.add(
                record(
                        config.topics().agentReports().fullName(),
                        Codec.encode(AgentReport.class, report)));
        notifyAll();
    }

    private ProducerRecord<byte[], byte[]> record(String topic, byte[] value) {
        return new ProducerRecord<>(
                topic, 0, config.proxyId().getBytes(StandardCharsets.UTF_8), value);
    }

    private ProducerRecord<byte[], byte[]> heartbeat() {
        var beat = new Heartbeat(MemberKind.PROXY, config.proxyId(), 0);
        return record(config.topics().heartbeats().fullName(), Codec.encode(Heartbeat.class, beat));
    }

    private void run() {
        var producer = producers.apply(settings());
        try {
            while (awaitWork()) {
                if (!round(producer)) {
                    // A producer may be past saving; a new one never is.
                    producer.close(Duration.ZERO);
                    producer = producers.apply(settings());
                    Thread.sleep(RETRY_MS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            producer.close(Duration.ZERO);
            ended.countDown();
        }
    }

    /// Waits for something to say or for the next heartbeat; false when all is said and it ends.
    private synchronized boolean awaitWork() throws InterruptedException {
        long left = beatDue - System.nanoTime();
        while (kept.isEmpty() && !closing && left > 0) {
            wait(TimeUnit.NANOSECONDS.toMillis(left) + 1);
            left = beatDue - System.nanoTime();
        }
        return !(closing && kept.isEmpty());
    }

    /// False when Kafka did not take everything.
    private boolean round(Producer<byte[], byte[]> producer) throws InterruptedException {
        var batch = batch();
        var pending = new ArrayList<Future<?>>();
        boolean taken = true;
        for (int i = 0; i < batch.size() && taken; i++) {
            pending.add(producer.send(batch.get(i)));
            // While nothing is known of the cluster, each send would wait in vain.
            taken = !pending.get(i).isDone() || settle(batch.get(i), pending.get(i));
        }
        producer.flush();
        for (int i = 0; i < pending.size(); i++) {
            taken &= settle(batch.get(i), pending.get(i));
        }
        if (taken && !batch.isEmpty()) {
            acknowledged();
        }
        return taken;
    }

    /// Forgets a record that Kafka has taken, or never will take; false when it is to be sent
    /// again.
    private boolean settle(ProducerRecord<byte[], byte[]> record, Future<?> sent)
            throws InterruptedException {
        try {
            sent.get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof RecordTooLargeException)) {
                trouble(e.getCause());
                return false;
            }
            LOG.error("topic={} record dropped reason={}", record.topic(), Texts.reason(e));
        }
        synchronized (this) {
            kept.remove(record);
        }
        return true;
    }

    /// What is to be said, in order, and a heartbeat when one is due.
    private synchronized List<ProducerRecord<byte[], byte[]>> batch() {
        var batch = new ArrayList<>(kept.stream().limit(MAX_BATCH).toList());
        if (beatDue - System.nanoTime() <= 0) {
            beatDue = System.nanoTime() + config.timeouts().heartbeat().toNanos();
            if (member && !closing) {
                batch.add(heartbeat());
            }
        }
        return batch;
    }

    private void acknowledged() {
        boolean again;
        synchronized (this) {
            long now = System.nanoTime();
            var silent = Duration.ofNanos(now - lastAck.getAndSet(now));
            again = member && !closing && silent.compareTo(config.timeouts().away()) > 0;
            if (troubled) {
                LOG.info("kafka=back silent={}", silent);
                troubled = false;
            }
            if (again) {
                LOG.info("proxy={} joins again", config.proxyId());
                keepJoined();
            }
        }
        if (again) {
            rejoined.run();
        }
    }

    private synchronized void trouble(Throwable e) {
        if (!troubled) {
            LOG.warn("kafka=away unsent={} reason={}", kept.size(), Texts.reason(e));
            troubled = true;
        }
    }

    private Map<String, Object> settings() {
        var settings = new HashMap<String, Object>(config.kafka());
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, config.proxyId() + "-reports");
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, RECORD_TIMEOUT_MS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, REQUEST_TIMEOUT_MS);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return settings;
    }
}
