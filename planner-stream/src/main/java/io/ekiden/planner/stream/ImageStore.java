package io.ekiden.planner.stream;

import io.ekiden.log.Codec;
import io.ekiden.log.Head;
import io.ekiden.log.StateChecksum;
import io.ekiden.log.StateRecord;
import io.ekiden.log.Topics;
import io.ekiden.state.ClusterImage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.Query;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.query.QueryResult;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/// The planner's state store: the cluster image itself. Kafka Streams logs what is put to
/// `cluster-state`, and restores a standby or a new planner from there into the image.
///
/// `put` is called by the planner after the decision has changed the image, so it only keeps the
/// checksum; [#restore] changes the image. Restoring never throws, because Streams would try the
/// same again for ever: what cannot be read is kept as damage, and [#head] tells the processor,
/// which refuses to run on it. The store is never read by key.
final class ImageStore implements KeyValueStore<Bytes, byte[]> {
    private static final Bytes HEAD = Bytes.wrap(Head.KEY.getBytes(StandardCharsets.UTF_8));

    private final ClusterImage image = new ClusterImage();
    private final StateChecksum checksum = new StateChecksum();
    private byte[] head;
    private Optional<String> damage = Optional.empty();
    private volatile boolean open;

    /// Asks the store for itself, which Streams wraps: the way to the image from the processor.
    record ReadImage() implements Query<ImageStore> {}

    @Override
    public String name() {
        return Topics.STORE;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        // After a lost transaction the same store is opened again and filled from the beginning.
        clear();
        context.register(root, this::restore);
        open = true;
    }

    void restore(byte[] key, byte[] value) {
        var text = new String(key, StandardCharsets.UTF_8);
        if (text.equals(Head.KEY)) {
            head = value;
            return;
        }
        if (value == null) {
            image.remove(text);
            checksum.remove(text);
            return;
        }
        try {
            image.put(Codec.decode(StateRecord.class, value).entity());
            checksum.put(text, value);
        } catch (Codec.Unreadable e) {
            damage = damage.or(() -> Optional.of(text + " is unreadable: " + e.getMessage()));
        }
    }

    ClusterImage image() {
        return image;
    }

    StateChecksum checksum() {
        return checksum;
    }

    /// How far the state goes; empty for a cluster that begins.
    ///
    /// @throws StateRefused when the image is not what the head says
    Optional<Head> head() {
        damage.ifPresent(what -> {
            throw new StateRefused("cluster-state is damaged: " + what);
        });
        if (head == null) {
            if (checksum.count() > 0) {
                throw new StateRefused(
                        "cluster-state has %d entities but no head".formatted(checksum.count()));
            }
            return Optional.empty();
        }
        return Optional.of(verified(decoded(head)));
    }

    private static Head decoded(byte[] head) {
        try {
            return Codec.decode(Head.class, head);
        } catch (Codec.Unreadable e) {
            throw new StateRefused("cluster-state's head is unreadable: " + e.getMessage());
        }
    }

    private Head verified(Head head) {
        if (head.count() != checksum.count() || !head.checksum().equals(checksum.sum())) {
            throw new StateRefused(
                    "cluster-state differs from its head at sequence %d: %d entities with checksum %s, must be %d with %s"
                            .formatted(
                                    head.sequence(),
                                    checksum.count(),
                                    checksum.sum(),
                                    head.count(),
                                    head.checksum()));
        }
        return head;
    }

    @Override
    public void put(Bytes key, byte[] value) {
        if (key.equals(HEAD)) {
            head = value;
        } else {
            var text = new String(key.get(), StandardCharsets.UTF_8);
            if (value == null) {
                checksum.remove(text);
            } else {
                checksum.put(text, value);
            }
        }
    }

    @Override
    public byte[] delete(Bytes key) {
        put(key, null);
        return null;
    }

    @Override
    public void close() {
        open = false;
        clear();
    }

    private void clear() {
        image.clear();
        checksum.clear();
        head = null;
        damage = Optional.empty();
    }

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public long approximateNumEntries() {
        return checksum.count();
    }

    @Override
    public Position getPosition() {
        return Position.emptyPosition();
    }

    @Override
    @SuppressWarnings("unchecked") // ReadImage is a Query<ImageStore>
    public <R> QueryResult<R> query(Query<R> query, PositionBound bound, QueryConfig config) {
        return query instanceof ReadImage
                ? (QueryResult<R>) QueryResult.forResult(this)
                : QueryResult.forUnknownQueryType(query, this);
    }

    @Override
    public byte[] putIfAbsent(Bytes key, byte[] value) {
        throw notRead();
    }

    @Override
    public void putAll(List<KeyValue<Bytes, byte[]>> entries) {
        entries.forEach(entry -> put(entry.key, entry.value));
    }

    @Override
    public byte[] get(Bytes key) {
        throw notRead();
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> range(Bytes from, Bytes to) {
        throw notRead();
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> all() {
        throw notRead();
    }

    private static UnsupportedOperationException notRead() {
        return new UnsupportedOperationException("the image is read, not the store");
    }
}
