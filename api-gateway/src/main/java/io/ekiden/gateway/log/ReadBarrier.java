package io.ekiden.gateway.log;

import io.ekiden.log.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/// Makes reads linearizable: a read waits until the follower has applied everything that was
/// committed to the journal when the read came.
///
/// The journal's end is asked for once for all reads that wait at that time (the idea of etcd's
/// ReadIndex). A read never shares an answer that was asked for before it came. ADR 5 says why.
public final class ReadBarrier implements AutoCloseable {
    private final Admin admin;
    private final Map<TopicPartition, OffsetSpec> journalEnd;
    private final TopicPartition journal;
    private final Follower follower;
    private final Duration patience;

    /// Those who came after the request that is under way; null when there is none.
    private CompletableFuture<Void> next;

    private boolean asking;

    /// @param clients what every Kafka client is given
    /// @param patience after which a read is not kept waiting any longer
    public ReadBarrier(
            Map<String, Object> clients, Topics topics, Follower follower, Duration patience) {
        var millis = (int) patience.toMillis();
        var settings = new HashMap<>(clients);
        settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "gateway-barrier");
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
        this.admin = Admin.create(settings);
        this.journal = new TopicPartition(topics.journal().fullName(), 0);
        this.journalEnd = Map.of(journal, OffsetSpec.latest());
        this.follower = follower;
        this.patience = patience;
    }

    /// Completes when the image is fresh; fails with a time-out or with Kafka's error.
    public CompletableFuture<Void> pass() {
        return batch().copy().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private CompletableFuture<Void> batch() {
        CompletableFuture<Void> batch;
        synchronized (this) {
            if (next == null) {
                next = new CompletableFuture<>();
            }
            batch = next;
            if (asking) {
                return batch;
            }
            asking = true;
            next = null;
        }
        ask(batch);
        return batch;
    }

    private void ask(CompletableFuture<Void> batch) {
        var _ =
                admin.listOffsets(journalEnd, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                        .partitionResult(journal)
                        .whenComplete((end, problem) -> {
                            if (problem != null) {
                                batch.completeExceptionally(problem);
                            } else {
                                awaitEnd(end.offset(), batch);
                            }
                            askForNext();
                        });
    }

    private void awaitEnd(long offset, CompletableFuture<Void> batch) {
        var _ =
                follower.awaitOffset(offset)
                        .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                        .whenComplete((_, problem) -> {
                            if (problem != null) {
                                batch.completeExceptionally(problem);
                            } else {
                                batch.complete(null);
                            }
                        });
    }

    private void askForNext() {
        CompletableFuture<Void> batch;
        synchronized (this) {
            batch = next;
            next = null;
            asking = batch != null;
        }
        if (batch != null) {
            ask(batch);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
