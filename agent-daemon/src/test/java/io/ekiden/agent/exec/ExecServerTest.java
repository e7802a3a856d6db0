package io.ekiden.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.agent.Given;
import io.ekiden.agent.files.FilesServer;
import io.ekiden.agent.files.Sandbox;
import io.ekiden.agent.files.Sandboxes;
import io.ekiden.agent.runtime.Exec;
import io.ekiden.agent.secrets.SecretKeeper;
import io.ekiden.exec.ExecFrames;
import io.ekiden.model.TaskId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Commands over real WebSockets, the commands themselves being played.
@EnabledOnOs(OS.LINUX)
final class ExecServerTest {
    private static final String TOKEN = "a-token";
    private static final TaskId TASK = Given.taskId();

    @TempDir Path dir;
    private final Vertx vertx = Vertx.vertx();
    private final WebSocketClient client =
            vertx.createWebSocketClient(
                    new WebSocketClientOptions()
                            .setMaxFrameSize(ExecFrames.MAX_MESSAGE)
                            .setMaxConnections(100));
    private final BlockingQueue<PlayedExec> begun = new LinkedBlockingQueue<>();
    private final AtomicReference<Exec.Wanted> wanted = new AtomicReference<>();
    private volatile boolean ended;
    private FilesServer server;

    private final Sandboxes sandboxes =
            new Sandboxes() {
                @Override
                public Optional<Sandbox> find(TaskId taskId) {
                    return Optional.empty();
                }

                @Override
                public boolean ended(TaskId taskId) {
                    return ended;
                }
            };

    @BeforeEach
    void start() throws IOException {
        server =
                FilesServer.start(
                        Optional.of(vertx),
                        "127.0.0.1",
                        0,
                        TOKEN,
                        sandboxes,
                        _ -> Optional.empty(),
                        this::begin,
                        new SecretKeeper(dir, Optional.empty()));
    }

    private Execs.Begun begin(TaskId taskId, Optional<String> container, Exec.Wanted asked) {
        if (container.isPresent()) {
            return new Execs.Begun.Refused(400, "no container " + container.get());
        }
        wanted.set(asked);
        var exec = new PlayedExec();
        begun.add(exec);
        return new Execs.Begun.Done(exec);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    private WebSocketConnectOptions options(String query) {
        var options = new WebSocketConnectOptions();
        options.setHost("127.0.0.1")
                .setPort(server.port())
                .setURI("/tasks/" + TASK + "/exec?" + query);
        options.putHeader("Authorization", "Bearer " + TOKEN);
        options.addSubProtocol(ExecFrames.PROTOCOL);
        return options;
    }

    private WebSocket open(String query) throws Exception {
        return open(options(query));
    }

    /// @param heard gets the messages, from the first on, each with its channel before it
    private WebSocket open(String query, List<String> heard) throws Exception {
        var socket = client.webSocket();
        socket.binaryMessageHandler(message ->
                heard.add(message.getByte(0) + message.getString(1, message.length(), "UTF-8")));
        return opened(socket.connect(options(query)));
    }

    private WebSocket open(WebSocketConnectOptions options) throws Exception {
        return opened(client.connect(options));
    }

    private static WebSocket opened(Future<WebSocket> socket) throws Exception {
        return socket.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private UpgradeRejectedException refused(WebSocketConnectOptions options) throws Exception {
        try {
            open(options);
        } catch (ExecutionException e) {
            return (UpgradeRejectedException) e.getCause();
        }
        throw new AssertionError("it was not refused");
    }

    private PlayedExec exec() throws InterruptedException {
        var exec = begun.poll(10, TimeUnit.SECONDS);
        assertThat(exec).isNotNull();
        return exec;
    }

    private static void say(WebSocket socket, int channel, String text) {
        socket.writeBinaryMessage(
                Buffer.buffer(ExecFrames.message(channel, text.getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void outputAndErrorsComeOnTheirChannelsAndTheStatusLast() throws Exception {
        var heard = new CopyOnWriteArrayList<String>();
        var socket = open("command=echo&command=a%20b&tty=true&stdin=1", heard);
        var closed = new AtomicInteger();
        socket.closeHandler(_ -> closed.set(socket.closeStatusCode()));
        var exec = exec();
        exec.writes(false, "out");
        exec.writes(true, "err");
        exec.exits(3);

        await().untilAsserted(() -> assertThat(closed).hasValue(1000));
        assertThat(wanted.get()).isEqualTo(new Exec.Wanted(List.of("echo", "a b"), true, true));
        assertThat(heard.subList(0, 3)).containsExactly("1", "1out", "2err");
        assertThat(heard.getLast())
                .startsWith("3{")
                .contains("\"Failure\"", "\"ExitCode\"", "\"3\"");
        assertThat(exec.told).contains("closed");
    }

    @Test
    void inputItsEndAndSizesReachTheCommand() throws Exception {
        var socket = open("command=sh&stdin=true&tty=true");
        var exec = exec();
        say(socket, ExecFrames.STDIN, "hello");
        say(socket, ExecFrames.RESIZE, "{\"Width\":100,\"Height\":40}");
        say(socket, ExecFrames.RESIZE, "{\"Width\":-1,\"Height\":40}");
        say(socket, 9, "what is this");
        say(socket, ExecFrames.STDIN, " world");
        socket.writeBinaryMessage(
                Buffer.buffer(ExecFrames.message(ExecFrames.CLOSE, new byte[] {0})));

        await().until(() -> exec.told.contains("end of input"));
        assertThat(exec.read.toString(StandardCharsets.UTF_8)).isEqualTo("hello world");
        await().until(() -> exec.told.contains("100x40"));
        assertThat(exec.told).hasSize(2);
        socket.close();
    }

    @Test
    void whoGoesEndsTheCommand() throws Exception {
        var socket = open("command=sh");
        var exec = exec();
        socket.close();
        await().until(() -> exec.told.contains("closed"));
    }

    @Test
    void withTheTaskTheCommandEnds() throws Exception {
        var heard = new CopyOnWriteArrayList<String>();
        open("command=sh", heard);
        var exec = exec();
        ended = true;
        await().until(() -> exec.told.contains("closed"));
        await().until(() -> heard.stream().anyMatch(message -> message.contains("137")));
    }

    @Test
    void inputThatTheCommandDoesNotTakeWaitsWithTheClient() throws Exception {
        var socket = open("command=sh&stdin=true");
        var exec = exec();
        exec.appetite.drainPermits();
        var piece = "x".repeat(64 << 10);
        int pieces = 0;
        while (!socket.writeQueueFull() && pieces < 1000) {
            say(socket, ExecFrames.STDIN, piece);
            pieces++;
            Thread.sleep(2);
        }
        assertThat(pieces).isLessThan(1000);
        exec.appetite.release(Integer.MAX_VALUE);
        int all = pieces * piece.length();
        await().until(() -> exec.taken() == all);
        socket.close();
    }

    @Test
    void textsAndMessagesThatAreTooLargeEndIt() throws Exception {
        var text = open("command=sh");
        var first = exec();
        text.writeTextMessage("hello");
        await().until(() -> first.told.contains("closed"));
        assertThat(text.closeStatusCode()).isEqualTo((short) 1003);

        var most = open("command=sh");
        var second = exec();
        say(most, ExecFrames.STDIN, "x".repeat(ExecFrames.MAX_MESSAGE - 1));
        await().until(() -> second.taken() == ExecFrames.MAX_MESSAGE - 1);
        say(most, ExecFrames.STDIN, "x".repeat(ExecFrames.MAX_MESSAGE));
        await().until(() -> second.told.contains("closed"));
        assertThat(second.taken()).isEqualTo(ExecFrames.MAX_MESSAGE - 1);
    }

    @Test
    void soManyRunAtATime() throws Exception {
        var sockets = new ArrayList<WebSocket>();
        for (int i = 0; i < ExecHandler.MAX_SESSIONS; i++) {
            sockets.add(open("command=sh"));
        }
        assertThat(refused(options("command=sh")).getStatus()).isEqualTo(503);

        sockets.getFirst().close();

        await().until(() -> {
            try {
                open("command=sh");
                return true;
            } catch (ExecutionException e) {
                return false;
            }
        });
    }

    @Test
    void whatIsNoRequestForACommandIsRefused() throws Exception {
        assertThat(refused(options("tty=true")).getStatus()).isEqualTo(400);
        var container = refused(options("command=sh&container=two"));
        assertThat(container.getStatus()).isEqualTo(400);
        assertThat(container.getBody().toString()).contains("no container two");
        var other = options("command=sh");
        other.setSubProtocols(List.of("v4.channel.k8s.io"));
        assertThat(refused(other).getBody().toString()).contains("v5.channel.k8s.io");
        var stranger = options("command=sh");
        stranger.putHeader("Authorization", "Bearer other");
        assertThat(refused(stranger).getStatus()).isEqualTo(401);
        assertThat(begun).isEmpty();
    }
}
