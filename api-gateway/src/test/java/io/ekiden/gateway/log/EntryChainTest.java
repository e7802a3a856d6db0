package io.ekiden.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.gateway.Given;
import io.ekiden.gateway.log.EntryChain.Verdict;
import io.ekiden.log.Actor;
import io.ekiden.log.Codec;
import io.ekiden.log.EntryHash;
import io.ekiden.log.Head;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EntryChainTest {
    private static final long PROVEN = 100;

    private final byte[] first = entry(1, "");
    private final byte[] second = entry(2, EntryHash.of(first));
    private final EntryChain chain = new EntryChain(Optional.empty(), PROVEN);

    private static byte[] entry(long sequence, String previousHash) {
        return Codec.encode(
                JournalEntry.class,
                new JournalEntry(
                        sequence,
                        Given.NOON,
                        previousHash,
                        "v",
                        "c",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Actor.PLANNER,
                        new Input.Due(List.of()),
                        List.of()));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Verdict judge(long offset, long key, byte[] value) {
        return chain.judge(offset, utf8(Long.toString(key)), value);
    }

    @Test
    void entriesThatFollowEachOtherAreTaken() {
        assertThat(judge(0, 1, first)).isInstanceOf(Verdict.Next.class);
        assertThat(judge(200, 2, second)).isInstanceOf(Verdict.Next.class);
        assertThat(chain.sequence()).isEqualTo(2);
    }

    @Test
    void anEntryThatTheStateHasIsPassedOver() {
        var head = new Head(2, Given.NOON, EntryHash.of(second), "", 0, List.of());
        var later = new EntryChain(Optional.of(head), PROVEN);

        assertThat(later.judge(0, utf8("2"), second)).isInstanceOf(Verdict.Known.class);
        assertThat(later.judge(1, utf8("3"), entry(3, EntryHash.of(second))))
                .isInstanceOf(Verdict.Next.class);
    }

    @Test
    void aForgedSuccessorIsForeign() {
        judge(200, 1, first);

        assertThat(judge(201, 2, entry(2, "0000"))).isInstanceOf(Verdict.Foreign.class);
        assertThat(judge(202, 2, second)).isInstanceOf(Verdict.Next.class);
    }

    @Test
    void aMissingEntryStopsTheChain() {
        assertThat(judge(200, 2, second)).isInstanceOf(Verdict.Broken.class);
        assertThat(chain.sequence()).isZero();
    }

    @Test
    void beforeTheProvenOffsetAnEntryCannotBeMissing() {
        assertThat(judge(PROVEN - 1, 9, entry(9, "x"))).isInstanceOf(Verdict.Foreign.class);
        assertThat(judge(PROVEN, 9, entry(9, "x"))).isInstanceOf(Verdict.Broken.class);
    }

    @Test
    void garbageIsForeignUnlessItStandsInTheNextEntrysPlace() {
        var newer = utf8("{\"v\":2,\"record\":{}}");

        assertThat(judge(200, 7, utf8("garbage"))).isInstanceOf(Verdict.Foreign.class);
        assertThat(chain.judge(200, null, null)).isInstanceOf(Verdict.Foreign.class);
        assertThat(judge(200, 1, newer)).isInstanceOf(Verdict.Broken.class);
        assertThat(judge(PROVEN - 1, 1, newer)).isInstanceOf(Verdict.Foreign.class);
    }

    @Test
    void anEntryThatTheNextOneNamesWasOneThoughItCannotBeRead() {
        var newer = utf8("{\"v\":2,\"record\":{}}");
        var third = entry(3, EntryHash.of(newer));
        judge(0, 1, first);

        assertThat(judge(1, 2, newer)).isInstanceOf(Verdict.Foreign.class);
        assertThat(judge(2, 3, entry(3, "0000"))).isInstanceOf(Verdict.Foreign.class);
        assertThat(judge(3, 3, third)).isInstanceOf(Verdict.After.class);
        assertThat(judge(4, 4, entry(4, EntryHash.of(third)))).isInstanceOf(Verdict.Next.class);
    }
}
