package io.ekiden.model;

/// Where an instance is in its life: Marathon's conditions.
public enum Condition {
    SCHEDULED("Scheduled", "TASK_STAGING"),
    PROVISIONED("Provisioned", "TASK_STAGING"),
    STAGING("Staging", "TASK_STAGING"),
    STARTING("Starting", "TASK_STARTING"),
    RUNNING("Running", "TASK_RUNNING"),
    KILLING("Killing", "TASK_KILLING"),
    KILLED("Killed", "TASK_KILLED"),
    FINISHED("Finished", "TASK_FINISHED"),
    FAILED("Failed", "TASK_FAILED"),
    ERROR("Error", "TASK_ERROR"),
    UNREACHABLE("Unreachable", "TASK_UNREACHABLE"),
    UNREACHABLE_INACTIVE("UnreachableInactive", "TASK_UNREACHABLE"),
    GONE("Gone", "TASK_GONE"),
    DROPPED("Dropped", "TASK_DROPPED"),
    UNKNOWN("Unknown", "TASK_UNKNOWN");

    private final String marathonName;
    private final String taskState;

    Condition(String marathonName, String taskState) {
        this.marathonName = marathonName;
        this.taskState = taskState;
    }

    /// As events and pods print it.
    public String marathonName() {
        return marathonName;
    }

    /// As tasks print it.
    public String taskState() {
        return taskState;
    }

    /// Whether a task in this condition has ended for good.
    public boolean terminal() {
        return switch (this) {
            case KILLED, FINISHED, FAILED, ERROR, GONE, DROPPED, UNKNOWN -> true;
            case SCHEDULED,
                    PROVISIONED,
                    STAGING,
                    STARTING,
                    RUNNING,
                    KILLING,
                    UNREACHABLE,
                    UNREACHABLE_INACTIVE ->
                    false;
        };
    }

    /// Whether a task in this condition holds its agent's resources and ports.
    public boolean holdsResources() {
        return this != SCHEDULED && !terminal();
    }
}
