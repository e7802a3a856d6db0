import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ekiden.log.Actor;
import io.ekiden.log.AgentReport;
import io.ekiden.log.Change;
import io.ekiden.log.Fact;
import io.ekiden.log.Input;
import io.ekiden.log.WantedChange;
import io.ekiden.model.Container;
import io.ekiden.model.Instance;
import io.ekiden.model.PathId;
import io.ekiden.model.PortRange;
import io.ekiden.model.Resources;
import io.ekiden.model.Sorted;
import io.ekiden.planner.core.Header;
import io.ekiden.planner.core.Planner;
import io.ekiden.planner.core.Settings;
import io.ekiden.state.ClusterImage;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/// How fast the pure planner core places instances and decides status updates, without Kafka and
/// without encoding. One thread; CPU time of that thread, so that other work on the machine counts
/// less. Each input goes through `Planner.decide`, with its facts, indexes and undo log.
///
/// ```
/// java -Xmx6g -cp 'planner-stream/target/classes:planner-stream/target/lib/*' bench/PlacementRate.java AGENTS INSTANCES APPS [groups]
/// ```
///
/// `groups`: every app has a GROUP_BY over 20 racks. Prints one line for each of five rounds; quote
/// medians.
public final class PlacementRate {
    private static final int ROUNDS = 5;
    private static final int RACKS = 20;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    private final Planner planner = new Planner(Settings.DEFAULT);
    private final ClusterImage image = new ClusterImage();
    private final int apps;
    private final int perApp;
    private final String constraints;
    private Instant now = NOON;
    private long sequence;
    private int placed;
    private int afterwards;

    private PlacementRate(int instances, int apps, String constraints) {
        this.apps = apps;
        this.perApp = instances / apps;
        this.constraints = constraints;
    }

    public static void main(String[] args) throws Exception {
        int agents = Integer.parseInt(args[0]);
        int instances = Integer.parseInt(args[1]);
        int apps = Integer.parseInt(args[2]);
        boolean groups = args.length > 3;
        var constraints = groups ? "[[\"rack\",\"GROUP_BY\"]]" : "[]";
        // Warm: the same work on a smaller cluster, then once as it is; thrown away.
        for (int i = 0; i < 3; i++) {
            new PlacementRate(20_000, 100, constraints).run(200);
        }
        new PlacementRate(instances, apps, constraints).run(agents);
        for (int i = 0; i < ROUNDS; i++) {
            System.out.println(new PlacementRate(instances, apps, constraints).run(agents));
        }
    }

    private String run(int agents) throws Exception {
        take(new Input.Founded("bench"));
        long heapBefore = heap();
        for (int i = 0; i < agents; i++) {
            take(joined(i));
        }
        long creating = 0;
        long placing = 0;
        int first = 0;
        for (int i = 0; i < apps; i++) {
            long start = cpu();
            take(create(i));
            creating += cpu() - start;
            first += placed;
            placed = 0;
            start = cpu();
            while (image.cluster().orElseThrow().unfinished().isPresent()) {
                take(new Input.Due(List.of("cluster")));
            }
            placing += cpu() - start;
            afterwards += placed;
            placed = 0;
        }
        var statuses = new ArrayList<Input>();
        for (var instance : image.instances()) {
            instance.placement().ifPresent(at -> statuses.add(running(instance, at)));
        }
        long start = cpu();
        statuses.forEach(this::take);
        long deciding = cpu() - start;
        int count = statuses.size();
        statuses.clear();
        long perInstance = (heap() - heapBefore) / Math.max(1, image.instances().size());
        return String.format(
                Locale.ROOT,
                "agents %d instances %d apps %d %s: placed %d; %.0f placements/s in slices (%d), %.0f/s with the creation of their instances; %.0f status/s; heap %d B per instance",
                agents,
                perApp * apps,
                apps,
                constraints,
                count,
                afterwards / (placing / 1e9),
                afterwards,
                (first + afterwards) / ((creating + placing) / 1e9),
                count / (deciding / 1e9),
                perInstance);
    }

    private Input joined(int i) {
        var attributes = new TreeMap<String, String>();
        attributes.put("rack", "r" + i % RACKS);
        return new Input.Reported(
                new AgentReport.AgentJoined(
                        String.format(Locale.ROOT, "a%05d", i),
                        "session",
                        "boot",
                        "host" + i,
                        "10.0." + i / 250 + "." + i % 250,
                        Optional.empty(),
                        Resources.of(64, 262_144, 1_000_000, 0),
                        List.of(new PortRange(31_000, 32_999)),
                Optional.empty(),
                        attributes,
                        Sorted.copyOf(List.of(Container.Type.MESOS)),
                        List.of(),
                        List.of(),
                        Optional.empty()));
    }

    private Input create(int i) throws Exception {
        var id = PathId.of("/team" + i % 10 + "/app" + i);
        var definition =
                (ObjectNode)
                        JSON.readTree(
                                "{\"id\":\"%s\",\"cmd\":\"sleep 1000\",\"cpus\":0.1,\"mem\":32,\"instances\":%d,\"constraints\":%s}"
                                        .formatted(id, perApp, constraints));
        return new Input.Changed(
                new WantedChange(
                        "change-" + i,
                        new Actor(Actor.Kind.USER, "bench", Optional.empty()),
                        Optional.empty(),
                        Optional.empty(),
                        "/v2/apps",
                        true,
                        new Change.CreateApp(id, definition)));
    }

    private Input running(Instance instance, Instance.Placement at) {
        return new Input.Reported(
                new AgentReport.TaskStatus(
                        at.agentId(),
                        image.agent(at.agentId()).orElseThrow().epoch(),
                        instance.taskId(),
                        AgentReport.TaskState.RUNNING,
                        Optional.empty(),
                        "",
                        0,
                        Optional.empty()));
    }

    private void take(Input input) {
        now = now.plusMillis(1);
        var entry = planner.decide(image, new Header(++sequence, now, ""), input).entry();
        for (var fact : entry.facts()) {
            switch (fact) {
                case Fact.Launched launched -> placed += launched.instances().size();
                case Fact.InputFailed failed -> throw new IllegalStateException(failed.error());
                case Fact.Refused refused -> throw new IllegalStateException(refused.toString());
                default -> {}
            }
        }
    }

    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
