package io.ekiden.agent.runtime.docker;

import java.time.Duration;

/// How long the engine is waited for, and how often it is looked at.
///
/// @param ping between two looks at whether it answers
/// @param pong so long may the answer take
/// @param call for one request
/// @param start for the request that starts a container: many at once take their time
/// @param look between two looks at all containers, in case an event was missed
/// @param pull for one image
/// @param stall so long may a pull say nothing
/// @param logs so long may reading a container's remaining output say nothing
public record Patience(
        Duration ping,
        Duration pong,
        Duration call,
        Duration start,
        Duration look,
        Duration pull,
        Duration stall,
        Duration logs) {
    public static final Patience DEFAULT =
            new Patience(
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(8),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(120),
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(15),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(10));
}
