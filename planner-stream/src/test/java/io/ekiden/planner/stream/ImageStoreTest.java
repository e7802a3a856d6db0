package io.ekiden.planner.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ekiden.log.Codec;
import io.ekiden.log.Head;
import io.ekiden.log.StateChecksum;
import io.ekiden.log.StateRecord;
import io.ekiden.model.Entity;
import io.ekiden.model.Proxy;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ImageStoreTest {
    private static final Proxy ONE = new Proxy("one", 1, "host", true, Instant.EPOCH);
    private static final Proxy TWO = new Proxy("two", 2, "host", true, Instant.EPOCH);

    private final ImageStore store = new ImageStore();
    private final StateChecksum checksum = new StateChecksum();

    @BeforeEach
    void restoreTwo() {
        for (var proxy : List.of(ONE, TWO)) {
            var bytes = bytes(proxy);
            restore(proxy.key(), bytes);
            checksum.put(proxy.key(), bytes);
        }
    }

    private static byte[] bytes(Proxy proxy) {
        return Codec.encode(StateRecord.class, new StateRecord(proxy.epoch(), proxy));
    }

    private void restore(String key, byte[] value) {
        store.restore(Outputs.utf8(key), value);
    }

    private Head restoreHead() {
        var head = new Head(2, Instant.EPOCH, "hash", checksum.sum(), checksum.count(), List.of());
        restore(Head.KEY, Codec.encode(Head.class, head));
        return head;
    }

    @Test
    void givesTheStateThatItsHeadConfirms() {
        assertThat(restoreHead()).isEqualTo(store.head().orElseThrow());
        assertThat(store.image().entities().values()).containsExactly((Entity) ONE, TWO);
    }

    @Test
    void theOrderInWhichItCameDoesNotMatter() {
        restore(ONE.key(), null);
        restore(ONE.key(), bytes(ONE));
        assertThat(restoreHead()).isEqualTo(store.head().orElseThrow());
    }

    @Test
    void refusesAMissingEntity() {
        restoreHead();
        restore(ONE.key(), null);
        refused("differs from its head at sequence 2: 1 entities");
    }

    @Test
    void refusesAnEntityOfAnotherTime() {
        restoreHead();
        restore(ONE.key(), bytes(new Proxy("one", 1, "host", false, Instant.EPOCH)));
        refused("differs from its head at sequence 2: 2 entities");
    }

    @Test
    void refusesARecordThatItCannotRead() {
        restoreHead();
        restore("proxy/three", Outputs.utf8("{\"v\":99,\"record\":{}}"));
        refused("proxy/three is unreadable");
    }

    @Test
    void refusesEntitiesWithoutAHead() {
        refused("2 entities but no head");
    }

    @Test
    void isEmptyAfterItWasClosed() {
        restoreHead();
        store.close();
        assertThat(store.head()).isEmpty();
        assertThat(store.image().entities()).isEmpty();
    }

    private void refused(String why) {
        assertThatThrownBy(store::head).isInstanceOf(StateRefused.class).hasMessageContaining(why);
    }
}
