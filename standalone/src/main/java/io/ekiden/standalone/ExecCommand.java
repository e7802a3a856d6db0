package io.ekiden.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import io.ekiden.exec.ExecFrames;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `ekiden exec`: runs a command in a task of a running Ekiden, over its API. Its exit code becomes
/// this command's.
@Command(
        name = "exec",
        description = "Run a command in a task; the exit code is the command's.",
        mixinStandardHelpOptions = true,
        versionProvider = StandaloneMain.Version.class)
final class ExecCommand implements Callable<Integer> {
    @Mixin private ApiOptions ekiden;

    @Option(
            names = {"-i", "--stdin"},
            description = "The command reads what comes on stdin.")
    private boolean input;

    @Option(
            names = {"-t", "--tty"},
            description = "The command has a terminal: this one, with what is typed there.")
    private boolean tty;

    @Option(
            names = {"-c", "--container"},
            paramLabel = "NAME",
            description = "Of a pod with several containers.")
    private Optional<String> container;

    @Parameters(
            index = "0",
            paramLabel = "TASK",
            description = "A task's id, or an app or pod of which one instance runs.")
    private String task;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND")
    private List<String> command;

    private final InputStream stdin;
    private final OutputStream out;
    private final OutputStream err;

    ExecCommand(InputStream stdin, OutputStream out, OutputStream err) {
        this.stdin = stdin;
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        return ekiden.ask(api -> tty ? onTerminal(api) : run(api, Optional.empty()));
    }

    private int onTerminal(Api api) throws CommandFailure, IOException, InterruptedException {
        try (var terminal = RawTerminal.take()) {
            return run(api, Optional.of(terminal));
        }
    }

    private int run(Api api, Optional<RawTerminal> terminal)
            throws CommandFailure, IOException, InterruptedException {
        var client = new ExecClient(out, err);
        var socket = api.open(path(taskId(api)), ExecFrames.PROTOCOL, client);
        if (terminal.isPresent()) {
            tellSize(socket, terminal.get());
            RawTerminal.onResize(() -> tellSize(socket, terminal.get()));
        }
        if (hasInput()) {
            var _ =
                    Thread.ofPlatform()
                            .name("stdin")
                            .daemon()
                            .start(() -> ExecClient.feed(socket, stdin));
        }
        return switch (client.await()) {
            case ExecFrames.Status.Exited(var code) -> code;
            case ExecFrames.Status.Failed(var why) -> throw CommandFailure.failed(why);
        };
    }

    /// A terminal whose keys reach nobody could not even interrupt.
    private boolean hasInput() {
        return input || tty;
    }

    private static void tellSize(WebSocket socket, RawTerminal terminal) {
        try {
            var size = terminal.size();
            if (size.isPresent()) {
                ExecClient.send(socket, ExecFrames.resize(size.get()));
            }
        } catch (IOException e) {
            // It has ended: how, is heard.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String path(TaskId taskId) {
        var query = new ArrayList<String>();
        command.forEach(word -> query.add("command=" + encoded(word)));
        query.add("stdin=" + hasInput());
        query.add("tty=" + tty);
        container.ifPresent(name -> query.add("container=" + encoded(name)));
        return "/v2/tasks/%s/exec?%s".formatted(encoded(taskId.value()), String.join("&", query));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private TaskId taskId(Api api) throws CommandFailure, IOException, InterruptedException {
        var named = TaskId.parse(task);
        if (named.isPresent()) {
            return named.get();
        }
        var path = task.replaceAll("^/+|/+$", "");
        var running = running(api, path);
        if (running.size() == 1) {
            return running.getFirst();
        }
        throw CommandFailure.failed(
                running.isEmpty()
                        ? "no task of /%s runs".formatted(path)
                        : "several tasks of /%s run; name one: %s"
                                .formatted(
                                        path,
                                        String.join(
                                                ", ",
                                                running.stream().map(TaskId::value).toList())));
    }

    /// Of an app, or else of a pod.
    private static List<TaskId> running(Api api, String path)
            throws CommandFailure, IOException, InterruptedException {
        var app = api.get("/v2/apps/" + path + "/tasks");
        if (app.ok()) {
            return ids(app.body().path("tasks"), "id", "TASK_RUNNING");
        }
        var pod = app.status() == 404 ? api.get("/v2/pods/" + path + "::status") : app;
        if (!pod.ok()) {
            throw CommandFailure.failed(app.problem());
        }
        var tasks = new ArrayList<TaskId>();
        for (var instance : pod.body().path("instances")) {
            ids(instance.path("containers"), "containerId", "TASK_RUNNING").stream()
                    .map(TaskId::unit)
                    .findFirst()
                    .ifPresent(tasks::add);
        }
        return tasks;
    }

    private static List<TaskId> ids(JsonNode list, String field, String state) {
        var ids = new ArrayList<TaskId>();
        for (var one : list) {
            if (one.path(one.has("state") ? "state" : "status").asText().equals(state)) {
                TaskId.parse(one.path(field).asText()).ifPresent(ids::add);
            }
        }
        return ids;
    }
}
