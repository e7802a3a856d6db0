package io.ekiden.model;

import java.util.Optional;
import java.util.SortedMap;

/// One address at which one task of an app or one instance of a pod answers.
///
/// @param portIndex of the app's port definition; of a pod, among the endpoints of all containers
/// @param portName absent when the definition names none, and in records of before names were kept
/// @param servicePort under which proxies offer the app; 0 for none, as of pods
/// @param protocol `tcp`, `udp` or `udp,tcp`
/// @param labels the definition's labels, those of the port on top: proxies route by them
public record Endpoint(
        TaskId taskId,
        PathId runSpecId,
        int portIndex,
        Optional<String> portName,
        String host,
        int port,
        int servicePort,
        String protocol,
        SortedMap<String, String> labels,
        State state)
        implements Entity {

    /// A draining endpoint finishes what it has and is given nothing new.
    public enum State {
        READY,
        DRAINING
    }

    public static final String PREFIX = "endpoint/";

    public Endpoint {
        labels = Sorted.copyOf(labels);
    }

    public static String key(TaskId task, int portIndex) {
        return PREFIX + task + "/" + portIndex;
    }

    @Override
    public String key() {
        return key(taskId, portIndex);
    }

    public Endpoint withState(State state) {
        return new Endpoint(
                taskId,
                runSpecId,
                portIndex,
                portName,
                host,
                port,
                servicePort,
                protocol,
                labels,
                state);
    }
}
