import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

/// The same containers by `docker run -d`, by Docker Swarm and by a running Ekiden, side by side: one start, many at
/// once, a rolling update one by one, the replacement of a killed container. Every figure is the median of its rounds,
/// which take turns; what is timed ends when the last container runs, as `docker ps` and the API say.
///
///     java -cp 'standalone/target/lib/*' bench/DockerAndSwarm.java .ekiden busybox:local 3
///
/// Arguments: the data directory of the running Ekiden, an image of this engine that has `sh`, rounds. The engine must
/// be free to become a Swarm manager on loopback for the time of the run, which it leaves at the end.
public final class DockerAndSwarm {
    private static final String COMMAND = "trap 'exit 0' TERM; sleep 100000 & wait";
    private static final int SINGLE_STARTS = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String api;
    private final String image;
    private final int rounds;

    private DockerAndSwarm(String api, String image, int rounds) {
        this.api = api;
        this.image = image;
        this.rounds = rounds;
    }

    public static void main(String[] args) throws Exception {
        var instance = JSON.readTree(Path.of(args[0], "ekiden.json").toFile());
        var bench = new DockerAndSwarm(instance.get("api").asText(), args[1], Integer.parseInt(args[2]));
        run("docker", "swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1:2377");
        try {
            bench.oneStart();
            for (int n : new int[] {1, 10, 50}) {
                bench.createMany(n);
            }
            bench.rollingUpdate();
            bench.replacement();
        } finally {
            run("docker", "swarm", "leave", "--force");
        }
    }

    private void oneStart() throws Exception {
        var docker = new double[SINGLE_STARTS];
        var ekiden = new double[SINGLE_STARTS];
        for (int i = 0; i < SINGLE_STARTS; i++) {
            var container = new String[1];
            docker[i] = seconds(() -> container[0] =
                    run("docker", "run", "-d", "--memory=64m", "--cpus=0.05", image, "sh", "-c", COMMAND).strip());
            run("docker", "rm", "-f", container[0]);
            var id = "start-" + i;
            ekiden[i] = seconds(() -> {
                createApp(id, 1);
                return null;
            });
            deleteApp(id);
        }
        print("one start, call to running", "docker run -d", docker, "ekiden", ekiden);
    }

    private void createMany(int n) throws Exception {
        var swarm = new double[rounds];
        var ekiden = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            swarm[i] = seconds(() -> {
                createService("many", n);
                return null;
            });
            deleteService("many", n);
            ekiden[i] = seconds(() -> {
                createApp("many", n);
                return null;
            });
            deleteApp("many");
        }
        print("create " + n, "swarm", swarm, "ekiden", ekiden);
    }

    private void rollingUpdate() throws Exception {
        var swarm = new double[rounds];
        var ekiden = new double[rounds];
        createService("roll", 10);
        createApp("roll", 10);
        for (int i = 0; i < rounds; i++) {
            var colour = "COLOUR=" + i;
            swarm[i] = seconds(() -> {
                run("docker", "service", "update", "--detach", "--quiet", "--update-parallelism", "1",
                        "--update-delay", "0s", "--update-monitor", "0s", "--env-add", colour, "roll");
                await(() -> run("docker", "service", "inspect", "--format",
                        "{{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}}",
                        "roll").strip().equals("completed"));
                return null;
            });
            var value = i;
            ekiden[i] = seconds(() -> {
                call("PUT", "/v2/apps/roll", "{\"env\":{\"COLOUR\":\"" + value + "\"}}");
                awaitApp("roll", 10);
                return null;
            });
        }
        deleteService("roll", 10);
        deleteApp("roll");
        print("rolling update of 10, one by one", "swarm", swarm, "ekiden", ekiden);
    }

    /// From the kill to as many running again, the killed one not among them.
    private void replacement() throws Exception {
        var swarm = new double[rounds];
        var ekiden = new double[rounds];
        createService("heal", 1);
        createApp("heal", 1);
        for (int i = 0; i < rounds; i++) {
            swarm[i] = killed("label=com.docker.swarm.service.name=heal");
            ekiden[i] = killed("label=io.ekiden.app=/heal");
        }
        deleteService("heal", 1);
        deleteApp("heal");
        print("replacement of a killed container", "swarm", swarm, "ekiden", ekiden);
    }

    private double killed(String filter) throws Exception {
        var victim = containers(filter).getFirst();
        return seconds(() -> {
            run("docker", "kill", victim);
            await(() -> {
                var now = containers(filter);
                return now.size() == 1 && !now.contains(victim);
            });
            return null;
        });
    }

    private static List<String> containers(String filter) throws Exception {
        return run("docker", "ps", "-q", "--no-trunc", "--filter", filter, "--filter", "status=running")
                .lines()
                .toList();
    }

    private void createService(String name, int n) throws Exception {
        run("docker", "service", "create", "--detach", "--quiet", "--no-resolve-image", "--name", name,
                "--replicas", Integer.toString(n), "--limit-memory", "64m", "--limit-cpu", "0.05",
                "--restart-delay", "0s", image, "sh", "-c", COMMAND);
        await(() -> containers("label=com.docker.swarm.service.name=" + name).size() == n);
    }

    private static void deleteService(String name, int n) throws Exception {
        run("docker", "service", "rm", name);
        await(() -> containers("label=com.docker.swarm.service.name=" + name).isEmpty());
    }

    private void createApp(String id, int n) throws Exception {
        var app = JSON.createObjectNode().put("id", "/" + id).put("cmd", COMMAND).put("instances", n)
                .put("cpus", 0.05).put("mem", 64).put("backoffSeconds", 0);
        app.putArray("portDefinitions");
        app.putObject("upgradeStrategy").put("minimumHealthCapacity", 0.9).put("maximumOverCapacity", 0);
        app.putObject("container").put("type", "DOCKER").putObject("docker").put("image", image);
        call("POST", "/v2/apps", app.toString());
        awaitApp(id, n);
    }

    private void awaitApp(String id, int n) throws Exception {
        await(() -> {
            var app = call("GET", "/v2/apps/" + id, "").path("app");
            return app.path("tasksRunning").asInt() == n && app.path("deployments").isEmpty();
        });
    }

    private void deleteApp(String id) throws Exception {
        call("DELETE", "/v2/apps/" + id, "");
        await(() -> containers("label=io.ekiden.app=/" + id).isEmpty());
    }

    private JsonNode call(String method, String path, String body) throws Exception {
        var answer = HTTP.send(
                HttpRequest.newBuilder(URI.create(api + path))
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IllegalStateException(method + " " + path + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    private static double seconds(Callable<?> work) throws Exception {
        long begin = System.nanoTime();
        var _ = work.call();
        return (System.nanoTime() - begin) / 1e9;
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("waited for " + PATIENCE);
            }
            Thread.sleep(10);
        }
    }

    private static String run(String... command) throws Exception {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + output);
        }
        return output;
    }

    private static void print(String what, String one, double[] a, String other, double[] b) {
        System.out.printf("%s: %s %s s, %s %s s, ratio %.2f%n",
                what, one, text(a), other, text(b), median(b) / median(a));
    }

    private static String text(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        var all = new ArrayList<String>();
        for (double value : sorted) {
            all.add("%.2f".formatted(value));
        }
        return "%.2f (%s)".formatted(median(values), values.length > 5 ? all.getFirst() + " to " + all.getLast() : String.join(" ", all));
    }

    private static double median(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
