package io.ekiden.planner.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.log.AgentReport.TaskState;
import io.ekiden.log.Change;
import io.ekiden.log.Problem;
import io.ekiden.log.Rejection;
import io.ekiden.model.Condition;
import io.ekiden.model.Disk;
import io.ekiden.model.LaunchQueueItem;
import io.ekiden.model.LaunchQueueItem.Reason;
import io.ekiden.model.LocalVolume.Part;
import io.ekiden.model.PathId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Persistent volumes on disks of their own.
class DisksTest {
    private static final Disk LARGE = path("/large", 1000);
    private static final Disk SMALL = path("/small", 100);
    private static final Disk WHOLE = mount("/whole", 500);
    private static final Disk FAST = mount("/fast", 200, "ssd");

    private final World world = new World();

    @AfterEach
    void theJournalDecidedAgainGivesTheSame() {
        world.replays();
    }

    private static Disk path(String path, int size) {
        return new Disk(Disk.Type.PATH, path, size, Optional.empty());
    }

    private static Disk mount(String path, int size, String... profile) {
        return new Disk(Disk.Type.MOUNT, path, size, List.of(profile).stream().findFirst());
    }

    /// @param persistent of each volume what it has besides `type`
    private static String app(int instances, String... persistent) {
        var volumes =
                List.of(persistent).stream()
                        .map(fields ->
                                "{\"containerPath\": \"v%d\", \"mode\": \"RW\", \"persistent\": {%s}}"
                                        .formatted(List.of(persistent).indexOf(fields), fields))
                        .collect(Collectors.joining(", "));
        return """
        {"cmd": "x", "cpus": 0.1, "mem": 1, "instances": %d,
         "container": {"type": "MESOS", "volumes": [%s]}}
        """
                .formatted(instances, volumes);
    }

    private List<Part> parts(String id) {
        return world.instances(id).stream()
                .flatMap(instance -> instance.volumes().stream())
                .flatMap(volume -> volume.part().stream())
                .toList();
    }

    private void create(String id, String definition) {
        world.create(id, definition);
        world.work();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    'type': 'path', 'size': 50                                         | /small | 50
                    'type': 'path', 'size': 101                                        | /large | 101
                    'type': 'path', 'size': 50, 'constraints': [['path', 'LIKE', '/l.*']]     | /large | 50
                    'type': 'path', 'size': 50, 'constraints': [['path', 'UNLIKE', '/small']] | /large | 50
                    'type': 'mount', 'size': 100                                       | /fast  | 200
                    'type': 'mount', 'size': 201                                       | /whole | 500
                    'size': 1, 'profileName': 'ssd'                                    | /fast  | 200
                    'type': 'mount', 'size': 1, 'maxSize': 200                         | /fast  | 200
                    """)
    void eachHasTheSmallestThatSuitsIt(String persistent, String disk, int size) {
        world.agentWithDisks("a", LARGE, SMALL, WHOLE, FAST);

        create("/db", app(1, persistent.replace('\'', '"')));

        assertThat(parts("/db")).containsExactly(new Part(disk, size));
        assertThat(world.image.loadOf("a").heldOf(disk)).isEqualTo(size);
        assertThat(world.image.loadOf("a").used().disk()).isZero();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    'type': 'path', 'size': 1001
                    'type': 'mount', 'size': 501
                    'type': 'mount', 'size': 1, 'maxSize': 199
                    'size': 1, 'profileName': 'hdd'
                    'type': 'path', 'size': 1, 'constraints': [['path', 'LIKE', '/x']]
                    """)
    void whatSuitsNoDiskWaitsAndSaysWhatThereIs(String persistent) {
        world.agentWithDisks("a", LARGE, SMALL, WHOLE, FAST);

        create("/db", app(1, persistent.replace('\'', '"')));

        assertThat(world.conditions("/db")).containsOnlyKeys(Condition.SCHEDULED);
        var refusal = queued("/db").refusals().getFirst();
        assertThat(refusal.reason()).isEqualTo(Reason.InsufficientDisk);
        assertThat(refusal.wanted()).contains("on a disk of type ");
        assertThat(refusal.there()).contains("/large of type PATH with 1000", "/fast of type");
    }

    private LaunchQueueItem queued(String id) {
        return world.image.queueItem(PathId.of(id)).orElseThrow();
    }

    @Test
    void aMountDiskIsOneVolumesAndAPathDiskIsDivided() {
        world.agentWithDisks("a", SMALL, FAST).agentWithDisks("b", WHOLE);

        create("/mounts", app(3, "\"type\": \"mount\", \"size\": 1"));
        create("/paths", app(3, "\"type\": \"path\", \"size\": 40"));

        assertThat(parts("/mounts"))
                .containsExactlyInAnyOrder(new Part("/fast", 200), new Part("/whole", 500));
        assertThat(parts("/paths")).containsExactly(new Part("/small", 40), new Part("/small", 40));
        assertThat(world.conditions("/mounts")).containsEntry(Condition.SCHEDULED, 1);
        assertThat(world.conditions("/paths")).containsEntry(Condition.SCHEDULED, 1);
    }

    @Test
    void theVolumesOfAnInstanceDoNotTakeTheSameRoomTwice() {
        world.agentWithDisks("a", WHOLE, FAST);

        create(
                "/db",
                app(
                        1,
                        "\"type\": \"mount\", \"size\": 1",
                        "\"type\": \"mount\", \"size\": 300",
                        "\"size\": 7"));

        assertThat(parts("/db")).containsExactly(new Part("/fast", 200), new Part("/whole", 500));
        assertThat(world.image.loadOf("a").used().disk()).isEqualTo(7_000_000);
    }

    @Test
    void whatFewDisksSuitChoosesFirst() {
        world.agentWithDisks("a", WHOLE, FAST);

        create(
                "/db",
                app(
                        1,
                        "\"type\": \"mount\", \"size\": 50",
                        "\"size\": 10, \"profileName\": \"ssd\""));

        assertThat(parts("/db")).containsExactly(new Part("/whole", 500), new Part("/fast", 200));
    }

    @Test
    void anInstanceComesBackToItsDiskAndWaitsWhileThatIsAway() {
        world.agentWithDisks("a", SMALL);
        create("/db", app(1, "\"type\": \"path\", \"size\": 100"));

        world.dies(world.instances("/db").getFirst(), TaskState.FAILED);
        world.agentWithDisks("a");
        world.pass(Duration.ofMinutes(1));
        assertThat(world.conditions("/db")).containsOnlyKeys(Condition.SCHEDULED);
        var refusal = queued("/db").refusals().getFirst();
        assertThat(refusal.reason()).isEqualTo(Reason.NoCorrespondingReservationFound);
        assertThat(refusal.wanted()).isEqualTo("disk /small");

        world.agentWithDisks("a", LARGE, SMALL);
        world.work().pass(Duration.ofMinutes(1));
        assertThat(world.conditions("/db")).containsOnlyKeys(Condition.RUNNING);
        assertThat(parts("/db")).containsExactly(new Part("/small", 100));
    }

    @Test
    void aDiskIsFreeAgainWhenItsVolumeIsNoMore() {
        world.agentWithDisks("a", FAST);
        create("/db", app(1, "\"type\": \"mount\", \"size\": 1"));
        create("/next", app(1, "\"type\": \"mount\", \"size\": 1"));
        assertThat(world.conditions("/next")).containsOnlyKeys(Condition.SCHEDULED);

        world.change(new Change.DeleteApp(PathId.of("/db")), false);
        world.work();

        assertThat(parts("/next")).containsExactly(new Part("/fast", 200));
    }

    @Test
    void whatWasRefusedBeforeThereWereDisksIsRefusedAgain() {
        var former = new World(Settings.DEFAULT, PlannerVersion.V0_3);

        var refused =
                former.rejection(
                        former.create(
                                "/db", app(1, "\"type\": \"mount\", \"size\": 1, \"maxSize\": 1")));

        assertThat(refused)
                .isEqualTo(
                        new Rejection.Invalid(
                                List.of(notSupported("type"), notSupported("maxSize"))));
        former.replays();
    }

    private static Problem notSupported(String field) {
        return Problem.rule(
                "/container/volumes(0)/persistent/" + field,
                "is not supported by this version of Ekiden");
    }
}
