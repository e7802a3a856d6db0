package io.ekiden.agent.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.agent.Given;
import io.ekiden.agent.runtime.docker.Registry;
import io.ekiden.agent.runtime.image.ImageStore.Pulled;
import io.ekiden.agent.secrets.SecretKeeper;
import io.ekiden.testkit.NeedsProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is kept of images that are a mebibyte each.
@NeedsProgram({"docker-registry", "skopeo", "umoci"})
final class ImageStoreTest {
    private static final long MIB = 1L << 20;

    @TempDir Path dir;

    private ImageStore store(long maxBytes) throws IOException {
        Files.createDirectories(dir.resolve("images/names"));
        return new ImageStore(
                dir.resolve("images"),
                new SecretKeeper(dir, Optional.empty()),
                new ImageTools(Duration.ofSeconds(60)),
                maxBytes);
    }

    private static void run(String... command) throws IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.onExit().join().exitValue()).as(said).isZero();
    }

    private String offered(Registry registry, String name) throws IOException {
        var layout = dir.resolve(name);
        var image = layout + ":image";
        var content = Files.createDirectories(dir.resolve(name + "-content"));
        Files.write(content.resolve(name), new byte[(int) MIB]);
        run("umoci", "init", "--layout", layout.toString());
        run("umoci", "new", "--image", image);
        run("umoci", "insert", "--rootless", "--image", image, content.toString(), "/");
        registry.offer(layout, "image", registry.image(name + ":1"));
        return registry.image(name + ":1");
    }

    private static Path pulled(ImageStore store, String image) {
        return switch (store.pull(image, Optional.empty(), _ -> {}).join()) {
            case Pulled.Here(var folder) -> folder;
            case Pulled.Failed(var why) -> throw new AssertionError(why);
        };
    }

    @Test
    void imagesThatNoTaskHasMakeRoomForOthersAndTheOldestFirst() throws IOException {
        try (var registry = new Registry(dir, false)) {
            var one = offered(registry, "one");
            var two = offered(registry, "two");
            var three = offered(registry, "three");
            var store = store(2 * MIB);
            var task = Given.taskId();
            store.hold(task, pulled(store, one));
            pulled(store, two);
            assertThat(store.find(Given.taskId(), "unknown")).isEmpty();

            pulled(store, three);

            assertThat(store.find(Given.taskId(), one)).isPresent();
            assertThat(store.find(Given.taskId(), two)).isEmpty();
            assertThat(store.find(Given.taskId(), three)).isPresent();
        }
    }

    @Test
    void whatFitsIsKept() throws IOException {
        try (var registry = new Registry(dir, false)) {
            var one = offered(registry, "one");
            var two = offered(registry, "two");
            var store = store(2 * MIB);
            pulled(store, one);

            pulled(store, two);

            assertThat(store.find(Given.taskId(), one)).isPresent();
            assertThat(store(0).find(Given.taskId(), two)).isPresent();
        }
    }
}
