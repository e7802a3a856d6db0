package io.ekiden.planner.stream;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StandbyUpdateListener;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.apache.kafka.streams.processor.TaskId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends the open transaction that a dead planner has left, when this one takes over: at the start
/// of a restore and at the promotion of a standby. Without it the state cannot be read to its end
/// until the broker notices by itself, up to ten seconds later (ADR 2).
///
/// It spares the transactions of its own process. If it fails, the broker does it later; so nothing
/// here throws.
final class Fence implements StateRestoreListener, StandbyUpdateListener {
    private static final Logger LOG = LoggerFactory.getLogger(Fence.class);

    private static final Duration CALL = Duration.ofSeconds(3);

    private final Admin admin;
    private final Pattern ofPlanners;
    private final Supplier<Set<String>> own;

    /// @param own the transactional ids of this process
    Fence(Admin admin, String applicationId, Supplier<Set<String>> own) {
        this.admin = admin;
        // Streams names them <application.id>-<process id>-<thread>; another cluster's application
        // id may begin like ours.
        this.ofPlanners = Pattern.compile(Pattern.quote(applicationId) + "-[0-9a-f-]{36}-[0-9]+");
        this.own = own;
    }

    private void fence(String why) {
        try {
            var others =
                    ask(
                                    admin.listTransactions(
                                                    new ListTransactionsOptions()
                                                            .filterStates(
                                                                    List.of(
                                                                            TransactionState
                                                                                    .ONGOING)))
                                            .all())
                            .stream()
                            .map(TransactionListing::transactionalId)
                            .filter(id -> ofPlanners.matcher(id).matches())
                            .filter(id -> !own.get().contains(id))
                            .toList();
            if (!others.isEmpty()) {
                ask(admin.fenceProducers(others).all());
                LOG.info("fence=closed reason={} transactions={}", why, others);
            }
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("fence=failed reason={} why={}", why, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T ask(KafkaFuture<T> answer)
            throws ExecutionException, TimeoutException, InterruptedException {
        return answer.get(CALL.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void onRestoreStart(TopicPartition partition, String store, long from, long to) {
        LOG.info("restore=started from={} to={}", from, to);
        fence("restore");
    }

    @Override
    public void onBatchRestored(TopicPartition partition, String store, long end, long restored) {
        LOG.debug("restore=running offset={} records={}", end, restored);
    }

    @Override
    public void onRestoreEnd(TopicPartition partition, String store, long restored) {
        LOG.info("restore=ended records={}", restored);
    }

    @Override
    public void onUpdateStart(TopicPartition partition, String store, long from) {
        LOG.info("planner=standby from={}", from);
    }

    @Override
    public void onBatchLoaded(
            TopicPartition partition,
            String store,
            TaskId task,
            long end,
            long loaded,
            long endOffset) {
        LOG.debug("standby=running offset={} records={}", end, loaded);
    }

    @Override
    public void onUpdateSuspended(
            TopicPartition partition, String store, long at, long end, SuspendReason reason) {
        LOG.info("standby=ended offset={} end={} reason={}", at, end, reason);
        if (reason == SuspendReason.PROMOTED) {
            fence("promotion");
        }
    }
}
