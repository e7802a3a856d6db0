package io.ekiden.agent.runtime;

import io.ekiden.agent.core.LocalTask;
import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.Codec;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agent's journal: one record for each task that it was ever told of, written before anything
/// is done about it, and replaced as a whole. A record that cannot be read is set aside and said;
/// nothing is done to its task, which goes on under its id.
public final class TaskRecords {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRecords.class);
    private static final String FILE = "task.json";

    private final WorkDir work;
    private final String bootId;

    /// @param bootId of the machine's present boot
    record Line(String bootId, LocalTask task) {}

    /// @param bootId in which the record was written; absent when it could not be read
    public record Found(LocalTask task, Optional<String> bootId) {}

    public TaskRecords(WorkDir work, String bootId) {
        this.work = work;
        this.bootId = bootId;
    }

    public void write(LocalTask task) {
        try {
            var folder = Files.createDirectories(work.task(task.taskId()));
            WorkDir.restrict(folder, "rwx------");
            WorkDir.writeAtomically(
                    folder.resolve(FILE), Codec.encode(Line.class, new Line(bootId, task)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// All of them; those that cannot be read are set aside.
    public List<Found> read() {
        var found = new ArrayList<Found>();
        try (var folders = Files.list(work.tasks())) {
            for (var folder : folders.filter(Files::isDirectory).sorted().toList()) {
                read(folder).ifPresent(found::add);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private Optional<Found> read(Path folder) {
        var file = folder.resolve(FILE);
        try {
            var known = Codec.decode(Line.class, Files.readAllBytes(file));
            if (!work.task(known.task().taskId()).equals(folder)) {
                return setAside(folder, "it names another task");
            }
            return Optional.of(new Found(known.task(), Optional.of(known.bootId())));
        } catch (Codec.Unreadable | IOException e) {
            return setAside(folder, e.toString());
        }
    }

    private Optional<Found> setAside(Path folder, String why) {
        var id = TaskId.parse(folder.getFileName().toString());
        LOG.error(
                "task record unreadable, set aside: folder={} task={} why={}",
                folder,
                id.map(TaskId::value).orElse("?"),
                why);
        try {
            var file = folder.resolve(FILE);
            if (Files.exists(file)) {
                var aside = FILE + ".unreadable-" + Files.getLastModifiedTime(file).toMillis();
                Files.move(file, folder.resolve(aside));
            }
        } catch (IOException e) {
            LOG.error("task record could not be set aside: folder={} why={}", folder, e.toString());
        }
        return id.map(taskId ->
                new Found(LocalTask.stranger(taskId, TaskState.STARTING, ""), Optional.empty()));
    }

    /// When the record was last written: for an ended task, about when it ended.
    public Instant writtenAt(TaskId taskId) {
        try {
            return Files.getLastModifiedTime(work.task(taskId).resolve(FILE)).toInstant();
        } catch (IOException e) {
            return Instant.EPOCH;
        }
    }
}
