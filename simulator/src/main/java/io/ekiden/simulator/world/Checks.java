package io.ekiden.simulator.world;

import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.HealthLedger;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.core.PodParts;
import io.ekiden.agent.core.ReadinessLedger;
import io.ekiden.model.App;
import io.ekiden.model.HealthCheck;
import io.ekiden.model.ReadinessCheck;
import io.ekiden.model.ReadinessResponse;
import io.ekiden.model.TaskId;
import io.ekiden.simulator.Timeline;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/// The health checks of one agent's life, with the real [HealthLedger]. A task that is well is not
/// probed again until something happens to it: the same result every few seconds changes nothing.
final class Checks {
    private final World world;
    private final String agentId;
    private final Machine machine;
    private final Consumer<Event> events;
    private final TreeMap<TaskId, Probed> tasks = new TreeMap<>();
    private final TreeMap<TaskId, ReadinessLedger> asked = new TreeMap<>();
    private boolean over;

    Checks(World world, String agentId, Machine machine, Consumer<Event> events) {
        this.world = world;
        this.agentId = agentId;
        this.machine = machine;
        this.events = events;
    }

    /// One task under check.
    private static final class Probed {
        private final List<HealthCheck> checks;
        private final Instant since;
        private HealthLedger ledger;
        private boolean scheduled;

        Probed(List<HealthCheck> checks, Instant since) {
            this.checks = checks;
            this.since = since;
            this.ledger = HealthLedger.of(checks.size());
        }
    }

    void begin(LocalTask task) {
        askReadiness(task);
        var checks = PodParts.healthChecks(task).stream().map(PodParts.OnPart::check).toList();
        if (checks.isEmpty()) {
            return;
        }
        var known = tasks.get(task.taskId());
        if (known != null) {
            if (known.ledger.hasResults()) {
                tell(task.taskId(), known, false);
            }
            return;
        }
        tasks.put(task.taskId(), new Probed(checks, now()));
        look(task.taskId());
    }

    void end(TaskId taskId) {
        tasks.remove(taskId);
        asked.remove(taskId);
    }

    void close() {
        over = true;
    }

    private Instant now() {
        return Instant.ofEpochMilli(world.epochMillis());
    }

    void look(TaskId taskId) {
        var probed = tasks.get(taskId);
        if (!over && probed != null && !probed.scheduled) {
            probed.scheduled = true;
            long interval = probed.checks.getFirst().interval().toMillis() * Timeline.MILLI;
            world.after(
                    interval - world.choose("probe." + agentId, (int) interval),
                    () -> probe(taskId, probed));
        }
    }

    private void probe(TaskId taskId, Probed probed) {
        probed.scheduled = false;
        if (over || tasks.get(taskId) != probed) {
            return;
        }
        boolean well = machine.answersWell(taskId);
        for (int i = 0; i < probed.checks.size(); i++) {
            HealthLedger.Outcome outcome =
                    well
                            ? new HealthLedger.Outcome.Healthy()
                            : new HealthLedger.Outcome.Unhealthy("does not answer");
            var entry = probed.ledger.with(i, probed.checks.get(i), outcome, now(), probed.since);
            probed.ledger = entry.ledger();
            if (entry.tell()) {
                tell(taskId, probed, entry.exhausted());
            }
        }
        if (!well) {
            look(taskId);
        }
    }

    private void tell(TaskId taskId, Probed probed, boolean exhausted) {
        events.accept(
                new Event.HealthSeen(
                        taskId, probed.ledger.alive(), exhausted, probed.ledger.results()));
    }

    /// As the daemon does: from the beginning on, until the first answer that means ready.
    private void askReadiness(LocalTask task) {
        var ledger = new ReadinessLedger(task.readiness());
        task.task()
                .map(known -> known.spec())
                .filter(App.class::isInstance)
                .flatMap(spec -> ((App) spec).readinessChecks().stream().findFirst())
                .filter(_ -> !ledger.done() && asked.putIfAbsent(task.taskId(), ledger) == null)
                .ifPresent(check -> world.after(0, () -> ask(task.taskId(), check)));
    }

    private void ask(TaskId taskId, ReadinessCheck check) {
        var before = asked.get(taskId);
        if (over || before == null || before.done()) {
            return;
        }
        var entry = before.with(check, new ReadinessResponse(status(taskId), "text/plain", ""));
        asked.put(taskId, entry.ledger());
        if (entry.tell()) {
            entry.ledger()
                    .last()
                    .ifPresent(found -> events.accept(new Event.ReadinessSeen(taskId, found)));
        }
        world.after(check.interval().toMillis() * Timeline.MILLI, () -> ask(taskId, check));
    }

    /// A task that does not answer, or that wants some more time now and then.
    private int status(TaskId taskId) {
        if (!machine.answersWell(taskId)) {
            return 504;
        }
        return !world.isCalm() && world.choose("ready." + agentId, 3) > 0 ? 503 : 200;
    }
}
