package io.ekiden.planner.stream;

import io.ekiden.log.AgentReport;
import io.ekiden.log.Codec;
import io.ekiden.log.Fact;
import io.ekiden.log.Head;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.log.Rejection;
import io.ekiden.log.Topics;
import io.ekiden.log.WantedChange;
import io.ekiden.planner.core.Header;
import io.ekiden.planner.stream.Strikes.Origin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.TaskCorruptedException;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings one input after the other to the planner and what it decides to the topics, all in the
/// transaction that Kafka Streams commits. Decides nothing about apps.
///
/// An exception that leaves this class ends the thread and with it the transaction; the next thread
/// restores the state and takes the same inputs again. So nothing may leave it that Streams would
/// take for a damaged task: it would commit the half that was done (see ADR 1).
final class PlannerProcessor implements Processor<byte[], byte[], byte[], Outgoing> {
    private static final Logger LOG = LoggerFactory.getLogger(PlannerProcessor.class);

    /// Streams commits after every punctuation: there is none that comes regularly, only one when
    /// something is due, and one when a member may have fallen silent.
    private static final Duration SOONEST = Duration.ofMillis(1);

    /// So many entities are named by one `Due`, and so many `Due` follow one another in one tick.
    static final int DUE_KEYS = 100;

    static final int DUE_INPUTS = 20;

    /// A due that changed nothing is not asked again before.
    private static final Duration DUE_PAUSE = Duration.ofSeconds(1);

    private static final int MAX_WHY = 500;

    private final PlannerShell shell;
    private final PlannerTime time;
    private final Positions positions;

    private ProcessorContext<byte[], Outgoing> context;
    private KeyValueStore<Bytes, byte[]> store;
    private ImageStore state;
    private Optional<Head> head = Optional.empty();
    private Instant noDueBefore = Instant.MIN;
    private Optional<Alarm> alarm = Optional.empty();
    private Optional<Cancellable> look = Optional.empty();

    /// The punctuation at which what is due next will be looked at.
    private record Alarm(Instant at, Cancellable timer) {}

    PlannerProcessor(PlannerShell shell) {
        this.shell = shell;
        this.time = new PlannerTime(shell.clock());
        this.positions = new Positions(shell.sourceIds());
    }

    @Override
    public void init(ProcessorContext<byte[], Outgoing> context) {
        this.context = context;
        store = context.getStateStore(Topics.STORE);
        state =
                store.query(
                                new ImageStore.ReadImage(),
                                PositionBound.unbounded(),
                                new QueryConfig(false))
                        .getResult();
        head = state.head();
        if (head.isEmpty()) {
            shell.checkThatTheClusterIsNew();
        }
        head.ifPresent(positions::restore);
        time.resume(head.map(Head::time).orElse(Instant.EPOCH));
        lookAfter(Liveness.MARK_EVERY);
        alarm = Optional.of(new Alarm(Instant.MIN, after(SOONEST, this::first)));
        shell.liveness().begin();
        shell.status().activated(this, sequence());
        LOG.info(
                "planner=active sequence={} entities={} checksum={}",
                sequence(),
                state.checksum().count(),
                state.checksum().sum());
    }

    @Override
    public void close() {
        shell.status().deactivated(this);
        shell.liveness().end();
        LOG.info("planner=inactive sequence={}", sequence());
    }

    private long sequence() {
        return head.map(Head::sequence).orElse(0L);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        var at = context.recordMetadata().orElseThrow();
        var origin = new Origin(at.topic(), at.partition(), at.offset());
        guarded(() -> {
            try {
                found();
                if (positions.decided(origin)) {
                    return;
                }
                positions.passed(origin);
                take(record, origin);
                shell.strikes().passed(origin);
                setAlarm();
            } catch (KafkaException e) {
                throw e;
            } catch (RuntimeException | StackOverflowError e) {
                shell.strikes().failed(origin);
                throw e;
            }
        });
    }

    /// What Streams would take for a damaged task becomes a plain failure, which aborts.
    private static void guarded(Runnable step) {
        try {
            step.run();
        } catch (TaskCorruptedException e) {
            throw new IllegalStateException("aborted: " + e.getMessage(), e);
        }
    }

    private void take(Record<byte[], byte[]> record, Origin origin) {
        if (shell.strikes().out(origin)) {
            setAside(record, origin, "the planner failed at it " + Strikes.LIMIT + " times");
            return;
        }
        try {
            var input = read(record.value(), origin.topic());
            try {
                decide(input);
                if (isJoin(input)) {
                    lookAfter(Liveness.MARK_EVERY);
                }
            } catch (Outputs.TooLarge e) {
                setAside(record, origin, "too large for the journal: " + e.getMessage());
            }
        } catch (Codec.Unreadable e) {
            setAside(record, origin, e.getMessage());
        }
    }

    /// From then on there is somebody new to look for.
    private static boolean isJoin(Input input) {
        return input instanceof Input.Reported(AgentReport.AgentJoined _)
                || input instanceof Input.Reported(AgentReport.ProxyJoined _);
    }

    private Input read(byte[] value, String topic) throws Codec.Unreadable {
        return topic.equals(shell.topics().desiredState().fullName())
                ? new Input.Changed(Codec.decode(WantedChange.class, value))
                : new Input.Reported(Codec.decode(AgentReport.class, value));
    }

    private void setAside(Record<byte[], byte[]> record, Origin origin, String reason) {
        var why = reason.length() <= MAX_WHY ? reason : reason.substring(0, MAX_WHY);
        LOG.warn(
                "record=set-aside topic={} partition={} offset={} why={}",
                origin.topic(),
                origin.partition(),
                origin.offset(),
                why);
        context.forward(DeadLetter.of(record, origin, why), PlannerTopology.DEAD_LETTERS);
        own(
                new Input.Unreadable(
                        origin.topic(),
                        origin.partition(),
                        origin.offset(),
                        why,
                        member(record, origin)));
        shell.status().setAside();
    }

    /// Reports are keyed by who speaks.
    private Optional<String> member(Record<byte[], byte[]> record, Origin origin) {
        boolean reported = origin.topic().equals(shell.topics().agentReports().fullName());
        return Optional.ofNullable(record.key())
                .filter(key -> reported && key.length <= MAX_WHY)
                .map(key -> new String(key, StandardCharsets.UTF_8));
    }

    /// The first input of a cluster's life.
    private void found() {
        if (head.isEmpty()) {
            own(new Input.Founded(shell.kafkaClusterId()));
        }
    }

    /// Looks for members that have fallen silent or are back.
    private void look() {
        found();
        for (var input : shell.liveness().judge(state.image())) {
            own(input);
        }
        ring();
        lookAfter(shell.liveness().quietFor(state.image()));
    }

    private void lookAfter(Duration wait) {
        look.ifPresent(Cancellable::cancel);
        look = Optional.of(after(wait, this::look));
    }

    /// A cluster is founded as soon as there is a planner.
    private void first() {
        found();
        ring();
    }

    /// Decides what is due, and looks again when the next is.
    private void ring() {
        for (int i = 0; i < DUE_INPUTS && due(); i++) {
            LOG.debug("due=decided sequence={}", sequence());
        }
        setAlarm();
    }

    private void setAlarm() {
        var next = state.image().nextDue().map(at -> at.isAfter(noDueBefore) ? at : noDueBefore);
        var now = time.now();
        boolean set =
                next.isPresent() && next.equals(alarm.map(Alarm::at)) && next.get().isAfter(now);
        if (!set) {
            alarm.ifPresent(old -> old.timer().cancel());
            alarm = next.map(at -> new Alarm(at, after(Duration.between(now, at), this::ring)));
        }
    }

    private Cancellable after(Duration wait, Runnable step) {
        return context.schedule(
                wait.compareTo(SOONEST) > 0 ? wait : SOONEST,
                PunctuationType.WALL_CLOCK_TIME,
                _ -> guarded(step));
    }

    /// Whether something was due and has changed something.
    private boolean due() {
        var now = time.now();
        var image = state.image();
        boolean none = image.nextDue().filter(at -> !at.isAfter(now)).isEmpty();
        if (none || now.isBefore(noDueBefore)) {
            return false;
        }
        boolean changed = own(new Input.Due(image.dueAt(now, DUE_KEYS)));
        if (!changed) {
            noDueBefore = now.plus(DUE_PAUSE);
        }
        return changed;
    }

    /// An input of the planner's own, which cannot be too large by itself.
    private boolean own(Input input) {
        try {
            return decide(input);
        } catch (Outputs.TooLarge e) {
            throw new IllegalStateException("an own input is too large", e);
        }
    }

    /// Decides one input and sends what follows; returns whether the state has changed.
    ///
    /// @throws Outputs.TooLarge when not even a refusal with this input fits into the journal
    private boolean decide(Input input) throws Outputs.TooLarge {
        var header = new Header(sequence() + 1, time.now(), head.map(Head::entryHash).orElse(""));
        var image = state.image();
        var decision = shell.decider().decide(image, header, input);
        Outputs outputs;
        try {
            outputs = Outputs.of(decision.entry(), decision.changed(), image);
        } catch (Outputs.TooLarge e) {
            decision.undo();
            outputs = refusal(header, input, tooLarge(input, e));
        } catch (RuntimeException e) {
            LOG.error("input=failed sequence={}", header.sequence(), e);
            decision.undo();
            outputs = refusal(header, input, new Fact.InputFailed(e.toString()));
        }
        send(outputs);
        return !outputs.state().isEmpty();
    }

    private Outputs refusal(Header header, Input input, Fact answer) throws Outputs.TooLarge {
        JournalEntry entry = shell.planner().refuse(header, input, answer);
        return Outputs.of(entry, Collections.emptySortedSet(), state.image());
    }

    private static Fact tooLarge(Input input, Outputs.TooLarge e) {
        return input instanceof Input.Changed
                ? new Fact.Refused(new Rejection.TooLarge(e.bytes(), e.limit()))
                : new Fact.InputFailed("too large: " + e.getMessage());
    }

    private void send(Outputs outputs) {
        var entry = outputs.entry();
        for (var entity : outputs.state()) {
            store.put(Bytes.wrap(Outputs.utf8(entity.key())), entity.record().value());
        }
        var next = outputs.head(state.checksum().sum(), state.checksum().count(), positions.all());
        store.put(Bytes.wrap(Outputs.utf8(Head.KEY)), Codec.encode(Head.class, next));
        forward(
                PlannerTopology.JOURNAL,
                entry,
                new Outputs.Keyed(
                        Long.toString(entry.sequence()),
                        new Outgoing(0, outputs.entryBytes().get())));
        outputs.commands().forEach(c -> forward(PlannerTopology.COMMANDS, entry, c));
        outputs.endpoints().forEach(e -> forward(PlannerTopology.ENDPOINTS, entry, e));
        head = Optional.of(next);
        shell.status().decided(entry.sequence());
    }

    private void forward(String sink, JournalEntry entry, Outputs.Keyed keyed) {
        context.forward(
                new Record<>(
                        Outputs.utf8(keyed.key()),
                        keyed.record(),
                        Math.max(0, entry.time().toEpochMilli())),
                sink);
    }
}
