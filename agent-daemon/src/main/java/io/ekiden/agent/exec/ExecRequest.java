package io.ekiden.agent.exec;

import io.ekiden.agent.runtime.Exec;
import io.ekiden.model.TaskId;
import io.vertx.core.MultiMap;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What command is wanted where, as the URI says it: `/tasks/{taskId}/exec?command=ls&command=-l`,
/// the parameters being Kubernetes'.
///
/// @param container of the pod whose task it is
record ExecRequest(TaskId taskId, Optional<String> container, Exec.Wanted wanted) {

    /// Whether a path, undecoded, is one that this is about.
    static boolean isMeant(String path) {
        var segments = List.of(path.split("/", -1));
        return segments.size() == 4
                && segments.get(1).equals("tasks")
                && segments.get(3).equals("exec");
    }

    /// Empty when there is no task's id, or no command.
    ///
    /// @param path undecoded
    static Optional<ExecRequest> parse(String path, MultiMap query) {
        var command = query.getAll("command");
        return command.isEmpty()
                ? Optional.empty()
                : TaskId.parse(decoded(path.split("/", -1)[2]))
                        .map(taskId ->
                                new ExecRequest(
                                        taskId,
                                        Optional.ofNullable(query.get("container"))
                                                .filter(name -> !name.isEmpty()),
                                        new Exec.Wanted(
                                                command,
                                                isSet(query, "stdin"),
                                                isSet(query, "tty"))));
    }

    private static boolean isSet(MultiMap query, String name) {
        var value = query.get(name);
        return value != null && List.of("true", "1").contains(value.toLowerCase(Locale.ROOT));
    }

    private static String decoded(String segment) {
        return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
