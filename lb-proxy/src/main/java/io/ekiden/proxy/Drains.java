package io.ekiden.proxy;

import io.ekiden.log.AgentReport.Drain;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reports for each endpoint that drains, once each: `STOPPED` when no work can begin there any
/// more, `IDLE` when none is in flight.
final class Drains {
    private static final Logger LOG = LoggerFactory.getLogger(Drains.class);

    private final Map<String, Progress> draining = new HashMap<>();
    private final BiConsumer<Backend, Drain> reports;

    private record Progress(Backend backend, Drain reported) {}

    Drains(BiConsumer<Backend, Drain> reports) {
        this.reports = reports;
    }

    /// A table is in force in which exactly these drain; all of them have stopped accepting.
    synchronized void inForce(List<Backend> backends) {
        draining.values().removeIf(progress -> !backends.contains(progress.backend));
        for (var backend : backends) {
            if (!draining.containsKey(backend.key())) {
                report(backend, Drain.STOPPED);
                idle(backend);
            }
        }
    }

    /// The last work in flight may have ended.
    synchronized void idle(Backend backend) {
        var progress = draining.get(backend.key());
        if (progress != null
                && progress.backend == backend
                && progress.reported == Drain.STOPPED
                && backend.inFlight() == 0) {
            report(backend, Drain.IDLE);
        }
    }

    synchronized void repeat() {
        draining.values().forEach(p -> reports.accept(p.backend, p.reported));
    }

    private void report(Backend backend, Drain drain) {
        LOG.info("drain={} endpoint={}", drain, backend);
        draining.put(backend.key(), new Progress(backend, drain));
        reports.accept(backend, drain);
    }
}
