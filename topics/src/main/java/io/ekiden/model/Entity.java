package io.ekiden.model;

import java.time.Instant;
import java.util.Optional;

/// One piece of the cluster's state: a record of its own in the image, in the planner's store and
/// on the `cluster-state` topic.
public sealed interface Entity
        permits Cluster,
                RunSpec,
                RunSpecVersion,
                Group,
                Former,
                Instance,
                Deployment,
                LaunchDelay,
                LaunchQueueItem,
                TaskFailure,
                EndedTask,
                CondemnedVolume,
                EventSubscription,
                AnsweredRequest,
                Agent,
                Proxy,
                Endpoint {

    /// Unique in the cluster; begins with the kind of the entity, and sorts by what belongs
    /// together.
    String key();

    /// When the planner must look at this entity again though nothing happens; empty for never.
    default Optional<Instant> due() {
        return Optional.empty();
    }
}
