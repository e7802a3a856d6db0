package io.ekiden.agent.runtime.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.agent.Given;
import io.ekiden.agent.GivenPod;
import io.ekiden.agent.core.Event;
import io.ekiden.agent.core.LocalTask;
import io.ekiden.agent.runtime.Life;
import io.ekiden.agent.runtime.Machine;
import io.ekiden.agent.runtime.WorkDir;
import io.ekiden.model.Container;
import io.ekiden.secrets.TaskSecrets;
import io.ekiden.testkit.NeedsDocker;
import io.ekiden.testkit.NeedsProgram;
import io.ekiden.testkit.TestBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Images from a real registry, and from one that is not there, does not answer or does not let in.
@NeedsDocker
@NeedsProgram({"busybox", "docker-registry"})
final class ImagePullTest {
    private static final Duration GRACE = Duration.ofSeconds(60);

    @TempDir Path dir;

    private DockerMachine machine;
    private Life agent;
    private final List<String> registries = new ArrayList<>();

    @BeforeEach
    void begin() {
        machine = new DockerMachine();
        agent = machine.life(dir.resolve("work"));
    }

    @AfterEach
    void end() {
        agent.runtime.close();
        machine.containers().forEach(container -> machine.remove(container.getId()));
        for (var image : machine.docker.listImagesCmd().withShowAll(true).exec()) {
            var names =
                    Stream.of(image.getRepoTags(), image.getRepoDigests())
                            .filter(Objects::nonNull)
                            .flatMap(Stream::of);
            if (names.anyMatch(name -> registries.stream().anyMatch(name::startsWith))) {
                machine.docker.removeImageCmd(image.getId()).withForce(true).exec();
            }
        }
        machine.close();
    }

    private String offered(Registry registry, String name, String... lines) {
        var image = registry.image(name);
        registries.add(registry.address());
        registry.offer(machine.docker, image, lines);
        return image;
    }

    private static Event finished(LocalTask task) {
        return new Event.Ended(task.taskId(), Optional.of(0), "Command exited with status 0");
    }

    private String reason(LocalTask task) {
        return agent.end(task) instanceof Event.NotStartable(_, var reason)
                ? reason
                : agent.events(task).toString();
    }

    @Test
    void anImageThatIsNotThereIsPulledOnceForAllThatWaitForItAndSaysSo() {
        try (var registry = new Registry(dir, false)) {
            var image = offered(registry, "shop/web:1");
            var tasks =
                    IntStream.range(0, 4)
                            .mapToObj(i -> Given.cmd("echo " + i).image(image).local())
                            .toList();
            tasks.forEach(agent::start);
            for (var task : tasks) {
                assertThat(agent.end(task)).isEqualTo(finished(task));
                assertThat(agent.events(task))
                        .startsWith(new Event.Staging(task.taskId(), "pulling image " + image));
            }
        }
    }

    @Test
    void aNameWithoutATagIsTheLatest() {
        try (var registry = new Registry(dir, false)) {
            offered(registry, "web:other", "ENV WHICH=other");
            offered(registry, "web:latest", "ENV WHICH=latest");
            var task = Given.cmd("echo $WHICH").image(registry.image("web")).local();
            agent.start(task);
            agent.end(task);
            assertThat(agent.stdout(task)).isEqualTo("latest\n");
            assertThat(machine.docker.listImagesCmd().exec())
                    .filteredOn(i -> i.getRepoTags() != null)
                    .flatExtracting(i -> List.of(i.getRepoTags()))
                    .doesNotContain(registry.image("web:other"));
        }
    }

    @Test
    void aForcedPullBringsTheNewImage() {
        try (var registry = new Registry(dir, false)) {
            var image = offered(registry, "web:1", "ENV WHICH=old");
            var old = Given.cmd("echo $WHICH").image(image).local();
            agent.start(old);
            agent.end(old);
            machine.docker.tagImageCmd(image, registry.image("kept"), "old").exec();
            offered(registry, "web:1", "ENV WHICH=new");
            machine.docker
                    .tagImageCmd(registry.image("kept:old"), registry.image("web"), "1")
                    .exec();

            var kept = Given.cmd("echo $WHICH").image(image).local();
            var forced = Given.cmd("echo $WHICH").forcePull(image).local();
            agent.start(kept);
            agent.end(kept);
            agent.start(forced);
            agent.end(forced);

            assertThat(agent.stdout(kept)).isEqualTo("old\n");
            assertThat(agent.stdout(forced)).isEqualTo("new\n");
        }
    }

    @Test
    void aForcedPullThatFailsIsAFailureThoughTheImageIsThere() {
        var task = Given.cmd("true").forcePull(TestImage.BUSYBOX).local();
        agent.start(task);
        assertThat(reason(task)).startsWith("image ekiden-test:busybox cannot be pulled: ");
        assertThat(machine.containers()).isEmpty();
    }

    @Test
    void anUnknownTagAndAnUnknownRegistryAreNamed() {
        try (var registry = new Registry(dir, false)) {
            offered(registry, "web:1");
            var tag = Given.cmd("true").image(registry.image("web:2")).local();
            var nowhere = "127.0.0.1:%d/web:1".formatted(TestBroker.freePort());
            var gone = Given.cmd("true").image(nowhere).local();
            agent.start(tag);
            agent.start(gone);
            assertThat(reason(tag))
                    .startsWith("image " + registry.image("web:2") + " cannot be pulled: ")
                    .contains("not found");
            assertThat(reason(gone))
                    .startsWith("image " + nowhere + " cannot be pulled: ")
                    .contains("connection refused");
        }
    }

    @Test
    void aNameThatIsNoneIsRefused() {
        var task = Given.cmd("true").image("No Such: Name").local();
        agent.start(task);
        assertThat(reason(task)).contains("invalid reference format");
    }

    @Test
    void aRegistryThatDoesNotAnswerHoldsUpNobodyElseAndIsGivenUp() throws IOException {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var image = "127.0.0.1:%d/web:1".formatted(silent.getLocalPort());
            var stalled = Given.cmd("true").image(image).local();
            var other = machine.task(Given.cmd("echo other"));
            agent.start(stalled);
            await().until(() -> !agent.events(stalled).isEmpty());
            agent.start(other);
            assertThat(agent.end(other)).isEqualTo(finished(other));
            assertThat(agent.events(stalled)).noneMatch(Event.NotStartable.class::isInstance);
            assertThat(reason(stalled))
                    .isEqualTo("image %s cannot be pulled: nothing came for 3 s".formatted(image));
        }
    }

    @Test
    void aTaskIsKilledWhileItsImageIsPulled() throws IOException {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var image = "127.0.0.1:%d/web:1".formatted(silent.getLocalPort());
            var task = Given.cmd("true").image(image).local();
            agent.start(task);
            await().until(() -> !agent.events(task).isEmpty());
            agent.runtime.kill(task.taskId(), GRACE);
            assertThat(agent.end(task))
                    .isEqualTo(
                            new Event.Ended(
                                    task.taskId(),
                                    Optional.empty(),
                                    "killed before it was started"));
        }
    }

    @Test
    void usesTheCredentialsOfTheAgentsUser() throws IOException {
        try (var registry = new Registry(dir, true)) {
            var image = offered(registry, "web:1");
            var refused = Given.cmd("true").image(image).local();
            agent.start(refused);
            assertThat(reason(refused)).contains("no basic auth credentials");

            agent.runtime.close();
            Files.writeString(dir.resolve("config.json"), registry.login(Registry.PASSWORD));
            System.setProperty("DOCKER_CONFIG", dir.toString());
            try {
                agent = machine.life(dir.resolve("work"));
                var task = Given.cmd("true").image(image).local();
                agent.start(task);
                assertThat(agent.end(task)).isEqualTo(finished(task));
            } finally {
                System.clearProperty("DOCKER_CONFIG");
            }
        }
    }

    /// Starts it and brings it this `config.json`.
    private void start(LocalTask task, String config) {
        agent.start(task);
        var values = new TreeMap<String, byte[]>();
        values.put("pull", config.getBytes(StandardCharsets.UTF_8));
        Machine.bring(
                machine.secrets(new WorkDir(dir.resolve("work"))),
                task.taskId(),
                TaskSecrets.of(values));
    }

    @Test
    void aSecretLetsItsTaskInAndNobodyElse() {
        try (var registry = new Registry(dir, true)) {
            var image = offered(registry, "web:1");
            var task = Given.cmd("true").forcePull(image, "pull").local();
            var stranger = Given.cmd("true").forcePull(image).local();
            start(task, registry.login(Registry.PASSWORD));
            agent.start(stranger);

            assertThat(agent.end(task)).isEqualTo(finished(task));
            assertThat(reason(stranger)).contains("no basic auth credentials");
        }
    }

    @Test
    void eachContainerOfAPodMayHaveASecretOfItsOwn() {
        try (var registry = new Registry(dir, true)) {
            var image = offered(registry, "web:1");
            var pod =
                    GivenPod.task(
                            GivenPod.pod(
                                    """
                                    {'secrets': {'pull': {'source': 'shop/pull'}}, 'containers': [
                                      {'name': 'one', 'exec': {'command': {'shell': 'sleep 1000'}}, 'resources': {'mem': 32},
                                       'image': {'kind': 'DOCKER', 'id': '%s', 'forcePull': true,
                                                 'pullConfig': {'secret': 'pull'}}},
                                      {'name': 'two', 'exec': {'command': {'shell': 'sleep 1000'}}, 'resources': {'mem': 32},
                                       'image': {'kind': 'DOCKER', 'id': '%s'}}]}
                                    """
                                            .formatted(image, TestImage.BUSYBOX)),
                            List.of());
            start(pod, registry.login(Registry.PASSWORD));

            agent.awaitRunning(pod);
        }
    }

    @Test
    void aSecretThatDoesNotLetInSaysWhyAndIsNotShown() {
        try (var registry = new Registry(dir, true)) {
            var image = offered(registry, "web:1");
            var start = "image " + image + " cannot be pulled: ";
            for (var wrong :
                    Map.of(
                                    registry.login("CANARY"),
                                    "unauthorized",
                                    "CANARY",
                                    start + "the secret 'pull' is no Docker configuration",
                                    "{\"auths\": {\"CANARY\": {}}}",
                                    start + "the secret 'pull' has no credentials for the registry")
                            .entrySet()) {
                var task = Given.cmd("true").forcePull(image, "pull").local();
                start(task, wrong.getKey());

                assertThat(reason(task)).contains(wrong.getValue());
                assertThat(agent.events(task).toString())
                        .doesNotContain("CANARY", registry.login("CANARY"));
            }
        }
    }

    @Test
    void anImageThatIsThereNeedsNoCredentials() {
        var task = Given.cmd("true").forcePull(TestImage.BUSYBOX, "pull");
        var cached =
                task.docker(
                                new Container.Docker(
                                        TestImage.BUSYBOX,
                                        false,
                                        false,
                                        List.of(),
                                        Optional.of("pull")))
                        .local();
        start(cached, "{\"auths\": {}}");

        assertThat(agent.end(cached)).isEqualTo(finished(cached));
    }
}
