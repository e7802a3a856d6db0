package io.ekiden.simulator.world;

import io.ekiden.gateway.core.Answer;
import io.ekiden.gateway.core.ApiRequest;
import io.ekiden.gateway.core.Applied;
import io.ekiden.gateway.core.Failures;
import io.ekiden.gateway.core.Outcome;
import io.ekiden.gateway.core.Wanted;
import io.ekiden.log.Actor;
import io.ekiden.log.Fact;
import io.ekiden.log.Head;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.RequestKey;
import io.ekiden.log.StateRecord;
import io.ekiden.log.WantedChange;
import io.ekiden.model.PathId;
import io.ekiden.simulator.Timeline;
import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.log.Slot;
import io.ekiden.simulator.log.Tail;
import io.ekiden.state.ClusterImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// A gateway: a follower of the journal that answers requests with the real core of the API.
public final class SimGateway {
    private static final long PATIENCE = 15 * Timeline.SECOND;
    private static final long READ_PATIENCE = 2 * Timeline.SECOND;
    private static final int RESTART_MICROS = 5_000_000;

    private final World world;
    private final String id;
    private final Node node;
    private final TreeMap<String, Parked> parked = new TreeMap<>();
    private final List<Reader> readers = new ArrayList<>();
    private ClusterImage image = new ClusterImage();
    private Optional<Tail> tail = Optional.empty();
    private Optional<Sender> sender = Optional.empty();
    private Optional<Head> head = Optional.empty();
    private long sequence;
    private String hash = "";
    private long life;
    private boolean up;

    SimGateway(World world, String id) {
        this.world = world;
        this.id = id;
        this.node = world.node(id);
    }

    private record Parked(Wanted.Success success, BiConsumer<Answer, Optional<Long>> answer) {}

    private record Reader(long until, long askedAt, Function<ClusterImage, Answer> view) {}

    public String id() {
        return id;
    }

    public Node node() {
        return node;
    }

    public boolean up() {
        return up;
    }

    public long sequence() {
        return sequence;
    }

    /// What it has followed to.
    public ClusterImage image() {
        return image;
    }

    public boolean caughtUp() {
        return tail.filter(Tail::caughtUp).isPresent();
    }

    public void start() {
        if (up) {
            return;
        }
        up = true;
        long mine = ++life;
        sender = Optional.of(new Sender(world, node));
        node.whenRead(() -> {
            if (life == mine) {
                bootstrap();
            }
        });
    }

    /// The newest state, then the journal from its sequence on.
    private void bootstrap() {
        for (var slot : world.log().clusterState().committed()) {
            if (slot.key().equals(Head.KEY)) {
                head = slot.value().map(value -> world.wire().read(Head.class, value));
            } else {
                slot.value()
                        .ifPresentOrElse(
                                value ->
                                        image.put(
                                                world.wire()
                                                        .read(StateRecord.class, value)
                                                        .entity()),
                                () -> image.remove(slot.key()));
            }
        }
        sequence = head.map(Head::sequence).orElse(0L);
        hash = head.map(Head::entryHash).orElse("");
        world.event(id, "starts at sequence " + sequence);
        tail = Optional.of(new Tail(world.log().journal(), 0, 10_000, node, this::follow));
    }

    private void follow(Slot slot) {
        var entry = world.wire().read(JournalEntry.class, slot.value().orElseThrow());
        if (entry.sequence() > sequence) {
            apply(entry);
            hash = world.wire().hash(entry, slot.value().get());
        }
        serve(slot.offset() + 1);
    }

    private void apply(JournalEntry entry) {
        if (entry.sequence() != sequence + 1 || !entry.previousHash().equals(hash)) {
            throw new IllegalStateException(
                    "%s: entry %d names %s, entry %d has %s"
                            .formatted(id, entry.sequence(), entry.previousHash(), sequence, hash));
        }
        var created = created(entry);
        entry.facts().forEach(image::replay);
        sequence = entry.sequence();
        entry.changeId()
                .map(parked::remove)
                .ifPresent(waiting ->
                        waiting.answer()
                                .accept(
                                        Outcome.of(answering(entry, created), waiting.success()),
                                        Optional.of(entry.sequence())));
    }

    /// The entry that has the answer: of a change that came again, the first.
    private Applied answering(JournalEntry entry, Set<PathId> created) {
        return Outcome.repeated(entry)
                .map(first -> world.evidence().journal().get((int) (first - 1)))
                .map(first -> Applied.again(first, image))
                .orElseGet(() -> new Applied(entry, image, created));
    }

    private Set<PathId> created(JournalEntry entry) {
        var created = new TreeSet<PathId>();
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.RunSpecPut(var spec) && image.runSpec(spec.id()).isEmpty()) {
                created.add(spec.id());
            }
        }
        return created;
    }

    /// A user's change.
    ///
    /// @param key of the request, with which it may come again
    /// @param answer is told what the user is; never, when this process ends before
    public void change(
            String changeId,
            Actor actor,
            Optional<RequestKey> key,
            ApiRequest request,
            Function<ApiRequest, Wanted> route,
            BiConsumer<Answer, Optional<Long>> answer) {
        if (!up || node.paused()) {
            answer.accept(Failures.unavailable("nobody listens"), Optional.empty());
            return;
        }
        switch (route.apply(request)) {
            case Wanted.Refused(var refusal) -> answer.accept(refusal, Optional.empty());
            case Wanted.Write write -> write(changeId, actor, key, request, write, answer);
        }
    }

    private void write(
            String changeId,
            Actor actor,
            Optional<RequestKey> key,
            ApiRequest request,
            Wanted.Write write,
            BiConsumer<Answer, Optional<Long>> answer) {
        parked.put(changeId, new Parked(write.success(), answer));
        var wanted =
                new WantedChange(
                                changeId,
                                actor,
                                Optional.empty(),
                                Optional.empty(),
                                request.uri(),
                                write.force(),
                                write.change())
                        .as(key);
        sender.ifPresent(to ->
                to.send(
                        world.log().desiredState(),
                        changeId,
                        world.wire().pack(WantedChange.class, wanted),
                        delivered -> {
                            if (!delivered) {
                                unknown(changeId);
                            }
                        }));
        long mine = life;
        world.after(
                PATIENCE,
                () -> {
                    if (life == mine) {
                        unknown(changeId);
                    }
                });
    }

    private void unknown(String changeId) {
        Optional.ofNullable(parked.remove(changeId))
                .ifPresent(waiting ->
                        waiting.answer()
                                .accept(
                                        Failures.outcomeUnknown(Duration.ofSeconds(15)),
                                        Optional.empty()));
    }

    /// A user's read, with the barrier: it waits until this gateway has followed to where the
    /// journal ended.
    public void read(Function<ClusterImage, Answer> view) {
        long askedAt = world.now();
        long mine = life;
        node.whenRead(() -> {
            boolean late = world.now() - askedAt > READ_PATIENCE;
            if (up && life == mine && !late) {
                readers.add(new Reader(world.log().journal().stable(), askedAt, view));
                tail.ifPresent(t -> serve(t.position()));
            }
        });
    }

    private void serve(long position) {
        for (var reader : List.copyOf(readers)) {
            if (reader.until() <= position) {
                readers.remove(reader);
                if (world.now() - reader.askedAt() <= READ_PATIENCE) {
                    var _ = reader.view().apply(image);
                    world.evidence().read(new Checker.FreshRead(id, reader.askedAt(), sequence));
                }
            }
        }
    }

    public void crash() {
        up = false;
        life++;
        tail.ifPresent(Tail::close);
        tail = Optional.empty();
        sender.ifPresent(Sender::close);
        List.copyOf(parked.keySet()).forEach(this::unknown);
        readers.clear();
        image = new ClusterImage();
        head = Optional.empty();
        sequence = 0;
        world.event(id, "is killed");
        world.after(
                100 * Timeline.MILLI + world.choose("restart." + id, RESTART_MICROS), this::start);
    }
}
