package io.ekiden.simulator.check;

import java.util.List;

final class NothingIsLeft implements Checker {
    private static final List<String> KEPT =
            List.of("cluster", "agent/", "proxy/", "group", "former/", "request/");

    @Override
    public String id() {
        return "32-nothing-is-left";
    }

    @Override
    public String promise() {
        return "After everything was deleted no task, instance, endpoint, volume, "
                + "delay or version is left.";
    }

    @Override
    public void emptied(Evidence evidence) {
        var left =
                evidence.image().entities().keySet().stream()
                        .filter(key -> KEPT.stream().noneMatch(key::startsWith))
                        .toList();
        if (!left.isEmpty() || !evidence.live().isEmpty() || !evidence.volumes().isEmpty()) {
            throw broken(
                    "entities %s, tasks %s, volumes %s"
                            .formatted(left, evidence.live(), evidence.volumes()));
        }
    }
}
