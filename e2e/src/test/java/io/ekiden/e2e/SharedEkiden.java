package io.ekiden.e2e;

import io.ekiden.log.JournalReader;
import io.ekiden.model.PortRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/// One running product for all tests of the JVM that use this extension, each with ids of its own:
/// for what needs no start of its own. When the last test has run, its whole journal is decided
/// again without a difference.
public final class SharedEkiden implements BeforeAllCallback {
    private Running running;

    @Override
    public void beforeAll(ExtensionContext context) {
        running =
                context.getRoot()
                        .getStore(Namespace.create(SharedEkiden.class))
                        .computeIfAbsent("running", _ -> Running.start(), Running.class);
    }

    /// The API's address.
    public String api() {
        return running.ekiden().api();
    }

    /// The first of the ports that its agent gives to tasks.
    public int hostPort() {
        return running.ekiden().hostPort();
    }

    private record Running(Path directory, RunningEkiden ekiden) implements AutoCloseable {
        static Running start() {
            try {
                var directory = Files.createTempDirectory("ekiden-shared");
                return new Running(directory, RunningEkiden.up(directory));
            } catch (Exception e) {
                throw new IllegalStateException("no Ekiden to share", e);
            }
        }

        @Override
        public void close() throws IOException, JournalReader.Damaged {
            try (var stopping = ekiden) {
                var first = stopping.servicePort();
                var differences =
                        Journal.read(stopping.kafka())
                                .differences(new PortRange(first, first + 99));
                if (!differences.isEmpty()) {
                    throw new AssertionError("decided otherwise: " + differences);
                }
            }
            delete(directory);
        }

        private static void delete(Path directory) throws IOException {
            try (var files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder()).forEach(Running::deleteOne);
            }
        }

        private static void deleteOne(Path file) {
            try {
                Files.delete(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
