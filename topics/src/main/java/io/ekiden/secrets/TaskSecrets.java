package io.ekiden.secrets;

import io.ekiden.log.Codec;
import io.ekiden.model.Sorted;
import io.ekiden.model.TaskId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a gateway brings to an agent for one task: the values of the secrets that its definition
/// names, or why there are none. It travels sealed for the agent's [SealingKey].
///
/// @param values in Base64, by the names that the definition gives them; never logged
/// @param problem why the task cannot have them all; it names no value
public record TaskSecrets(SortedMap<String, String> values, Optional<String> problem) {

    public TaskSecrets {
        values = Sorted.copyOf(values);
    }

    public static TaskSecrets of(SortedMap<String, byte[]> values) {
        var texts = new TreeMap<String, String>();
        values.forEach((name, value) -> texts.put(name, Base64.getEncoder().encodeToString(value)));
        return new TaskSecrets(texts, Optional.empty());
    }

    public static TaskSecrets none(String problem) {
        return new TaskSecrets(new TreeMap<>(), Optional.of(problem));
    }

    /// The values as they were put into the store.
    public SortedMap<String, byte[]> bytes() {
        var bytes = new TreeMap<String, byte[]>();
        values.forEach((name, text) -> bytes.put(name, Base64.getDecoder().decode(text)));
        return bytes;
    }

    /// Empty when that text is no public key.
    public Optional<byte[]> sealedFor(String publicText, TaskId task) {
        return SealingKey.seal(publicText, context(task), Codec.encode(TaskSecrets.class, this));
    }

    /// Empty when it was sealed for another agent or another task.
    public static Optional<TaskSecrets> open(SealingKey key, TaskId task, byte[] sealed) {
        return key.open(context(task), sealed).flatMap(TaskSecrets::decoded);
    }

    private static Optional<TaskSecrets> decoded(byte[] clear) {
        try {
            return Optional.of(Codec.decode(TaskSecrets.class, clear));
        } catch (Codec.Unreadable e) {
            return Optional.empty();
        }
    }

    private static byte[] context(TaskId task) {
        return task.value().getBytes(StandardCharsets.UTF_8);
    }

    /// Never a value.
    @Override
    public String toString() {
        return "TaskSecrets[names=%s, problem=%s]".formatted(values.keySet(), problem);
    }
}
