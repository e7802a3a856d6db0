package io.ekiden.simulator.check;

import io.ekiden.log.Fact;
import io.ekiden.log.JournalEntry;
import io.ekiden.model.Instance;
import io.ekiden.model.Proxy;
import io.ekiden.model.TaskId;
import io.ekiden.simulator.Cores;
import java.time.Duration;
import java.time.Instant;
import java.util.TreeMap;

final class NoRequestIsKilled implements Checker {
    private final TreeMap<TaskId, String> early = new TreeMap<>();

    @Override
    public String id() {
        return "16-no-request-is-killed";
    }

    @Override
    public String promise() {
        return "Before a kill is ordered, every proxy that was there has finished what "
                + "it had in flight at the task, or the drain has timed out.";
    }

    @Override
    public void before(JournalEntry entry, Evidence evidence) {
        early.clear();
        for (var fact : entry.facts()) {
            if (fact instanceof Fact.KillOrdered kill) {
                switch (kill.cause()) {
                    case UNHEALTHY, ORPHAN -> {} // there is nothing to wait for
                    default -> ordered(kill, entry, evidence);
                }
            }
        }
    }

    private void ordered(Fact.KillOrdered kill, JournalEntry entry, Evidence evidence) {
        var was = evidence.image().instanceOf(kill.taskId());
        for (var request : evidence.requests()) {
            if (request.endpoint().taskId().equals(kill.taskId())
                    && was.filter(i -> early(i, request, entry, evidence)).isPresent()) {
                early.put(kill.taskId(), request.proxyId());
            }
        }
    }

    @Override
    public void decided(JournalEntry entry, long epoch, Evidence evidence) {
        early.forEach((taskId, proxyId) -> {
            // One that is not healthy serves nobody.
            boolean healthy =
                    evidence.image()
                            .instanceOf(taskId)
                            .filter(instance -> instance.healthy().orElse(true))
                            .isPresent();
            // One that has just fallen silent is not waited for any more.
            boolean member = evidence.image().proxy(proxyId).filter(Proxy::active).isPresent();
            if (healthy && member) {
                throw broken(
                        "entry %d orders to kill %s while %s has a request in flight there"
                                .formatted(entry.sequence(), taskId, proxyId));
            }
        });
    }

    private static boolean early(
            Instance instance, Request request, JournalEntry entry, Evidence evidence) {
        var begun = instance.stopping().map(Instance.Stopping::since).orElse(entry.time());
        boolean over =
                Duration.between(begun, entry.time()).compareTo(Cores.SETTINGS.drainTimeout()) >= 0;
        boolean offered = !evidence.image().endpoints(instance.taskId()).isEmpty();
        boolean waitedFor =
                evidence.image()
                        .proxy(request.proxyId())
                        .filter(Proxy::active)
                        .filter(proxy -> joinedBefore(proxy, begun))
                        .isPresent();
        boolean first = instance.stopping().filter(s -> s.attempts() > 0).isEmpty();
        return first && offered && waitedFor && !over;
    }

    private static boolean joinedBefore(Proxy proxy, Instant begun) {
        return proxy.since().isBefore(begun);
    }
}
