package io.ekiden.simulator.world;

import io.ekiden.log.AgentReport;

/// Records in few words, for the trace.
final class Describe {
    private Describe() {}

    static String report(AgentReport report) {
        return switch (report) {
            case AgentReport.AgentJoined joined ->
                    "joined " + joined.session() + " tasks=" + joined.inventory().size();
            case AgentReport.TaskStatus status -> status.taskId() + " " + status.state();
            case AgentReport.HealthChanged health ->
                    health.taskId()
                            + (health.alive() ? " alive" : " not alive")
                            + (health.exhausted() ? " exhausted" : "");
            case AgentReport.ReadinessChanged readiness ->
                    readiness.taskId() + (readiness.ready() ? " ready" : " not ready");
            case AgentReport.CheckChanged check -> check.taskId() + " found " + check.result();
            case AgentReport.VolumeDestroyed destroyed -> "destroyed " + destroyed.volumeId();
            case AgentReport.AgentLeaving leaving -> "leaving stop=" + leaving.stopTasks();
            case AgentReport.ProxyJoined _ -> "joined";
            case AgentReport.EndpointDrained drained ->
                    drained.taskId() + "/" + drained.portIndex() + " " + drained.drain();
            case AgentReport.ProxyLeaving _ -> "leaving";
        };
    }
}
