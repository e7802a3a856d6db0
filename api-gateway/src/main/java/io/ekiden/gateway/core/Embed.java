package io.ekiden.gateway.core;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/// What a client wants to see of an app besides its definition: the values of `embed`.
enum Embed {
    TASKS,
    COUNTS,
    DEPLOYMENTS,
    READINESS,
    LAST_TASK_FAILURE,
    TASK_STATS;

    /// Unknown values are ignored. The prefixes are interchangeable and may be left out.
    static Set<Embed> of(Collection<String> values) {
        var embeds = EnumSet.noneOf(Embed.class);
        for (var value : values) {
            switch (value.replaceFirst("^(apps|app|group\\.apps)\\.", "")) {
                case "tasks" -> embeds.addAll(EnumSet.of(TASKS, DEPLOYMENTS));
                case "counts" -> embeds.add(COUNTS);
                case "deployments" -> embeds.add(DEPLOYMENTS);
                case "readiness" -> embeds.add(READINESS);
                case "lastTaskFailure" -> embeds.add(LAST_TASK_FAILURE);
                case "failures" -> embeds.addAll(EnumSet.of(TASKS, LAST_TASK_FAILURE, DEPLOYMENTS));
                case "taskStats" -> embeds.add(TASK_STATS);
                default -> {} // as Marathon does
            }
        }
        return embeds;
    }

    static Set<Embed> with(Collection<String> values, Embed... always) {
        var embeds = EnumSet.noneOf(Embed.class);
        embeds.addAll(of(values));
        embeds.addAll(Set.of(always));
        return embeds;
    }
}
