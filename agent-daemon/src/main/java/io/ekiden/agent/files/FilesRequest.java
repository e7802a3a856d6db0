package io.ekiden.agent.files;

import io.ekiden.model.TaskId;
import io.vertx.core.MultiMap;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// What is asked of the data plane, as far as the URI says.
sealed interface FilesRequest {
    TaskId taskId();

    record Browse(TaskId taskId, String path) implements FilesRequest {}

    /// @param offset -1 asks for the file's size
    /// @param length at most so many bytes
    record Read(TaskId taskId, String path, long offset, int length) implements FilesRequest {}

    record Download(TaskId taskId, String path) implements FilesRequest {}

    /// @param name `stdout` or `stderr`
    /// @param offset negative for so many bytes before the end
    record Log(TaskId taskId, String name, long offset, boolean follow) implements FilesRequest {}

    record Usage(TaskId taskId) implements FilesRequest {}

    int DEFAULT_LENGTH = 64 << 10;
    int MAX_LENGTH = 1 << 20;

    /// The outcome of reading a URI.
    sealed interface Parsed {
        record Ok(FilesRequest request) implements Parsed {}

        record Nothing() implements Parsed {}

        /// @param message which parameter makes no sense
        record Wrong(String message) implements Parsed {}
    }

    /// The task for which secrets are brought to this path.
    ///
    /// @param path undecoded
    static Optional<TaskId> ofSecrets(String path) {
        var segments = List.of(path.split("/", -1));
        boolean theirs =
                segments.size() == 5
                        && segments.get(1).equals("tasks")
                        && segments.get(3).equals("secrets")
                        && segments.get(4).equals("sealed");
        return theirs ? decoded(segments.get(2)).flatMap(TaskId::parse) : Optional.empty();
    }

    /// @param path undecoded
    static Parsed parse(String path, MultiMap query) {
        var segments = List.of(path.split("/", -1));
        boolean usage = segments.size() == 4 && segments.get(3).equals("usage");
        if ((segments.size() != 5 && !usage)
                || !segments.get(0).isEmpty()
                || !segments.get(1).equals("tasks")) {
            return new Parsed.Nothing();
        }
        var taskId = decoded(segments.get(2)).flatMap(TaskId::parse);
        if (taskId.isEmpty()) {
            return new Parsed.Nothing();
        }
        if (usage) {
            return new Parsed.Ok(new Usage(taskId.get()));
        }
        try {
            return request(taskId.get(), segments.get(3) + "/" + segments.get(4), query);
        } catch (NumberFormatException e) {
            return new Parsed.Wrong("offset and length are whole numbers");
        }
    }

    private static Parsed request(TaskId taskId, String action, MultiMap query) {
        var file = value(query, "path").orElse("");
        return switch (action) {
            case "files/browse" -> new Parsed.Ok(new Browse(taskId, file));
            case "files/download" -> new Parsed.Ok(new Download(taskId, file));
            case "files/read" -> read(taskId, file, query);
            case "logs/stdout" -> new Parsed.Ok(log(taskId, "stdout", query));
            case "logs/stderr" -> new Parsed.Ok(log(taskId, "stderr", query));
            default -> new Parsed.Nothing();
        };
    }

    private static Parsed read(TaskId taskId, String file, MultiMap query) {
        long offset = number(query, "offset").orElse(-1L);
        long length = number(query, "length").orElse((long) DEFAULT_LENGTH);
        if (offset < -1) {
            return new Parsed.Wrong("offset is -1, which asks for the size, or from 0");
        }
        // As Mesos has it, -1 is as much as is given at once.
        int most = length < 0 ? MAX_LENGTH : (int) Math.min(length, MAX_LENGTH);
        return new Parsed.Ok(new Read(taskId, file, offset, most));
    }

    private static FilesRequest log(TaskId taskId, String name, MultiMap query) {
        boolean follow = value(query, "follow").filter("true"::equalsIgnoreCase).isPresent();
        return new Log(taskId, name, number(query, "offset").orElse(0L), follow);
    }

    private static Optional<Long> number(MultiMap query, String name) {
        return value(query, name).filter(text -> !text.isEmpty()).map(Long::valueOf);
    }

    private static Optional<String> value(MultiMap query, String name) {
        return Optional.ofNullable(query.get(name));
    }

    private static Optional<String> decoded(String segment) {
        try {
            return Optional.of(
                    URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
