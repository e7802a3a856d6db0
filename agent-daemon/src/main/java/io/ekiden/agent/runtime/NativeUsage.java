package io.ekiden.agent.runtime;

import io.ekiden.agent.core.Measurement;
import io.ekiden.agent.core.Usage;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeSet;

/// Measures a native task: by its control groups, and for what these do not count by its processes.
/// It has the machine's network, so nothing is said of that.
final class NativeUsage {
    private static final String PROC = "proc";

    private NativeUsage() {}

    static Measurement of(TaskFiles files) {
        var groups = files.cgroups();
        var cpu = CgroupFigures.cpu(groups);
        var memory = CgroupFigures.memory(groups);
        var sources = new TreeSet<String>();
        cpu.ifPresent(found -> sources.add(found.source()));
        memory.ifPresent(found -> sources.add(found.source()));
        boolean lacking = cpu.isEmpty() || memory.isEmpty();
        var counted = lacking ? counted(files) : Optional.<Processes.Consumption>empty();
        if (lacking && counted.isEmpty()) {
            return new Measurement.Missing("no process of the task was found");
        }
        counted.ifPresent(_ -> sources.add(PROC));
        return new Measurement.Done(
                new Usage(
                        Instant.now(),
                        sources,
                        cpu.map(CgroupFigures.Found::figure)
                                .or(() -> counted.map(NativeUsage::cpu)),
                        memory.map(CgroupFigures.Found::figure)
                                .or(() -> counted.map(NativeUsage::memory)),
                        Optional.empty()));
    }

    private static Optional<Processes.Consumption> counted(TaskFiles files) {
        return Processes.consumption(Processes.of(files.taskId(), files.leader()));
    }

    private static Usage.Cpu cpu(Processes.Consumption counted) {
        return new Usage.Cpu(
                counted.userTicks() * CgroupFigures.TICK_NANOS,
                counted.systemTicks() * CgroupFigures.TICK_NANOS);
    }

    /// No limit is kept without a control group.
    private static Usage.Memory memory(Processes.Consumption counted) {
        return new Usage.Memory(
                Optional.of(counted.rssBytes()), Optional.empty(), Optional.empty());
    }
}
