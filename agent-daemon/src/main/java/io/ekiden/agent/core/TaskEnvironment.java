package io.ekiden.agent.core;

import io.ekiden.log.AgentCommand;
import io.ekiden.model.App;
import io.ekiden.model.Container;
import io.ekiden.model.Pod;
import io.ekiden.model.PortDefinition;
import io.ekiden.model.Resources;
import io.ekiden.model.Sorted;
import io.ekiden.model.Timestamps;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The environment variables of a task: Marathon's and Mesos' names and forms, the user's own on
/// top. Nothing of the agent's environment is among them.
public final class TaskEnvironment {
    /// Where commands are looked up when the user does not say.
    public static final String PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// Marks every process of a task, so that one that left its group can be found. The user cannot
    /// override it.
    public static final String MARK = "EKIDEN_TASK_ID";

    private static final String LABEL = "MARATHON_APP_LABEL_";

    /// Of a task at a terminal: Docker's.
    public static final String TERM = "xterm";

    /// Marathon's bounds of a label that becomes a variable: name with prefix, and value.
    private static final int MAX_LABEL = 512;

    private static final Pattern NO_NAME = Pattern.compile("[^a-zA-Z0-9_]+");

    private TaskEnvironment() {}

    /// Of a task in the agent's own file system.
    ///
    /// @param host the address at which the agent's tasks are reached
    /// @param sandbox the task's directory
    /// @param secrets values by variables
    public static SortedMap<String, String> of(
            AgentCommand.Task task,
            String host,
            String sandbox,
            SortedMap<String, String> secrets) {
        var env = new TreeMap<String, String>();
        env.put("PATH", PATH);
        env.put("HOME", sandbox);
        env.putAll(inContainer(task, host, sandbox, secrets));
        return Sorted.copyOf(env);
    }

    /// Of a task in an image, which has its own `PATH` and `HOME`.
    ///
    /// @param secrets values by variables
    public static SortedMap<String, String> inContainer(
            AgentCommand.Task task,
            String host,
            String sandbox,
            SortedMap<String, String> secrets) {
        return Sorted.copyOf(
                switch (task.spec()) {
                    case App app -> ofApp(app, task, host, sandbox, secrets);
                    case Pod pod -> PodEnvironment.of(pod, task, host, sandbox, secrets);
                });
    }

    private static SortedMap<String, String> ofApp(
            App app,
            AgentCommand.Task task,
            String host,
            String sandbox,
            SortedMap<String, String> secrets) {
        var env = new TreeMap<String, String>();
        env.put("MESOS_SANDBOX", sandbox);
        env.put("MESOS_TASK_ID", task.taskId().value());
        describe(app, env);
        labels(app.labels(), env);
        env.put("HOST", host);
        ports(app, task, env);
        env.putAll(app.env());
        env.putAll(secrets);
        env.put(MARK, task.taskId().value());
        return env;
    }

    private static void describe(App app, Map<String, String> env) {
        env.put("MARATHON_APP_ID", app.id().value());
        env.put("MARATHON_APP_VERSION", Timestamps.format(app.version()));
        app.container()
                .flatMap(Container::docker)
                .ifPresent(docker -> env.put("MARATHON_APP_DOCKER_IMAGE", docker.image()));
        resources("MARATHON_APP_RESOURCE_", app.resources(), env);
    }

    static void resources(String prefix, Resources resources, Map<String, String> env) {
        env.put(prefix + "CPUS", number(resources.cpus()));
        env.put(prefix + "MEM", number(resources.mem()));
        env.put(prefix + "DISK", number(resources.disk()));
        env.put(prefix + "GPUS", Long.toString(Math.round(Resources.number(resources.gpus()))));
    }

    private static String number(long millionths) {
        return Double.toString(Resources.number(millionths));
    }

    static void labels(SortedMap<String, String> labels, Map<String, String> env) {
        var names = new ArrayList<String>();
        labels.forEach((key, value) -> {
            if (key.length() < MAX_LABEL - LABEL.length() && value.length() < MAX_LABEL) {
                names.add(name(key));
                env.put(LABEL + name(key), value);
            }
        });
        env.put("MARATHON_APP_LABELS", String.join(" ", names));
    }

    /// All values are host ports, on a container network too where there is one, else the ports
    /// inside; `PORT_<n>` is named by what the definition says: the port inside if there is a
    /// mapping, and the host port if it says 0.
    private static void ports(App app, AgentCommand.Task task, Map<String, String> env) {
        var hostPorts = task.hostPorts();
        var listening = task.listeningPorts();
        var all = new ArrayList<String>();
        for (int i = 0; i < hostPorts.size(); i++) {
            boolean mapped = hostPorts.get(i) != PortDefinition.NO_HOST_PORT;
            all.add(Integer.toString(mapped ? hostPorts.get(i) : listening.get(i)));
        }
        if (all.isEmpty()) {
            return;
        }
        env.put("PORT", all.getFirst());
        env.put("PORTS", String.join(",", all));
        for (int i = 0; i < all.size(); i++) {
            env.put("PORT" + i, all.get(i));
        }
        int defined = Math.min(all.size(), app.portDefinitions().size());
        for (int i = 0; i < defined; i++) {
            var definition = app.portDefinitions().get(i);
            var port = all.get(i);
            int wanted = definition.mapping().isPresent() ? listening.get(i) : definition.port();
            env.put("PORT_" + (wanted == 0 ? hostPorts.get(i) : wanted), port);
            definition.name().ifPresent(name -> env.put("PORT_" + name(name), port));
        }
    }

    static String name(String text) {
        return NO_NAME.matcher(text).replaceAll("_").toUpperCase(Locale.ROOT);
    }
}
