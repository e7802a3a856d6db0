package io.ekiden.simulator.check.rules;

import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Condition;
import io.ekiden.model.EndedTask;
import io.ekiden.model.LaunchDelay;
import io.ekiden.model.PathId;
import io.ekiden.model.RunSpec;
import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.check.Evidence;
import java.time.Duration;
import java.time.Instant;
import java.util.TreeMap;

/// Marathon's `RateLimiter`: each task that ends by itself makes the pause longer, scaling does not
/// end it, a new configuration does.
final class LaunchDelayKept implements Checker {
    private final TreeMap<PathId, Pause> pauses = new TreeMap<>();

    /// @param known until then the pause cannot have been forgotten
    private record Pause(Instant configVersion, Duration length, Instant until, Instant known) {}

    @Override
    public String id() {
        return "33-launch-delay-kept";
    }

    @Override
    public String promise() {
        return "After each end by itself an app's launch delay grows by its factor, and nothing is"
                + " launched before it has passed.";
    }

    @Override
    public void before(JournalEntry entry, Evidence evidence) {
        if (userEnds(entry.input())) {
            for (var fact : entry.facts()) {
                if (fact instanceof Fact.DelayGone(var id)) {
                    pauses.remove(id);
                }
            }
        }
        var last = new TreeMap<PathId, LaunchDelay>();
        for (var fact : entry.facts()) {
            switch (fact) {
                case Fact.EndedTaskKept(var task) -> ended(entry, task, evidence);
                case Fact.DelayPut(var delay) -> last.put(delay.runSpecId(), delay);
                case Fact.RunSpecGone(var _, var id) -> pauses.remove(id);
                default -> {} // the others do not lengthen or end a delay
            }
        }
        last.values().forEach(delay -> put(entry, delay));
        entry.facts()
                .forEach(fact -> {
                    if (fact instanceof Fact.Launched(var spec, var _, var _)) {
                        launched(entry, spec);
                    }
                });
    }

    /// A user may end a delay; and failures on an agent that is drained say nothing of others.
    private static boolean userEnds(Input input) {
        return input instanceof Input.Changed(var wanted)
                && (wanted.change() instanceof Change.ResetDelay
                        || wanted.change() instanceof Change.DrainAgent);
    }

    private void put(JournalEntry entry, LaunchDelay delay) {
        var pause = pauses.get(delay.runSpecId());
        if (pause != null
                && pause.configVersion().equals(delay.configVersion())
                && entry.time().isBefore(pause.known())
                && delay.delay().compareTo(pause.length()) < 0) {
            throw broken(
                    "entry %d: the delay of %s is %s, not %s"
                            .formatted(
                                    entry.sequence(),
                                    delay.runSpecId(),
                                    delay.delay(),
                                    pause.length()));
        }
    }

    private void ended(JournalEntry entry, EndedTask task, Evidence evidence) {
        boolean ordered =
                evidence.image()
                        .instanceOf(task.taskId())
                        .filter(instance -> instance.stopping().isEmpty())
                        .isEmpty();
        if (!ordered && task.condition() != Condition.KILLED) {
            evidence.image()
                    .runSpec(task.runSpecId())
                    .ifPresent(spec -> pauses.put(spec.id(), longer(spec, entry.time())));
        }
    }

    private Pause longer(RunSpec spec, Instant now) {
        var strategy = spec.backoff();
        var last = pauses.get(spec.id());
        boolean again =
                last != null
                        && last.configVersion().equals(spec.configVersion())
                        && now.isBefore(last.known());
        var grown =
                again
                        ? Duration.ofMillis((long) (last.length().toMillis() * strategy.factor()))
                        : strategy.backoff();
        var most = strategy.maxLaunchDelay();
        var length = grown.compareTo(most) > 0 ? most : grown;
        return new Pause(spec.configVersion(), length, now.plus(length), now.plus(most));
    }

    private void launched(JournalEntry entry, RunSpec spec) {
        var pause = pauses.get(spec.id());
        if (pause != null
                && pause.configVersion().equals(spec.configVersion())
                && entry.time().isBefore(pause.until())) {
            throw broken(
                    "entry %d launches %s at %s, before %s"
                            .formatted(entry.sequence(), spec.id(), entry.time(), pause.until()));
        }
    }
}
