package io.ekiden.agent.runtime.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// The Docker engine, asked so that an engine which hangs holds up nobody for longer than he says.
/// That a request failed is a value; a timeout says nothing about whether it was carried out.
final class Engine implements AutoCloseable {
    /// Enough for many starts at once besides one stream of output for each container.
    private static final int MAX_CONNECTIONS = 10_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String host;
    private final DockerClient client;
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("docker-", 0).factory());

    /// @param host such as `unix:///var/run/docker.sock`
    /// @throws IllegalStateException when that, or the user's Docker configuration, is no such
    ///   thing
    Engine(String host) {
        this.host = host;
        var config = config(host);
        var http =
                new ApacheDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .maxConnections(MAX_CONNECTIONS)
                        .build();
        client = DockerClientImpl.getInstance(config, http);
    }

    /// The API's version is left to the engine: old ones do not know the newest, new ones no old
    /// ones. Credentials for registries are those of the agent's user, as `docker login` left them.
    private static DockerClientConfig config(String host) {
        try {
            return DefaultDockerClientConfig.createDefaultConfigBuilder()
                    .withDockerHost(host)
                    .withDockerTlsVerify(false)
                    .withDockerContext("default")
                    .build();
        } catch (DockerClientException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "no Docker engine can be used at '%s': %s".formatted(host, e.getMessage()), e);
        }
    }

    <T> Answer<T> ask(Duration patience, Function<DockerClient, T> question) {
        return begin(patience, question).get();
    }

    /// Asks, and lets the caller do something else before he waits for the answer.
    <T> Supplier<Answer<T>> begin(Duration patience, Function<DockerClient, T> question) {
        try {
            var asked = threads.submit(() -> question.apply(client));
            return () -> await(asked, patience);
        } catch (RejectedExecutionException e) {
            return () -> new Answer.Silent<>("closed");
        }
    }

    private static <T> Answer<T> await(Future<T> asked, Duration patience) {
        try {
            return new Answer.Done<>(asked.get(patience.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            // Interrupting closes the connection: sockets of this kind know no timeout of their
            // own.
            asked.cancel(true);
            return new Answer.Silent<>("no answer within %d ms".formatted(patience.toMillis()));
        } catch (ExecutionException e) {
            return failed(e.getCause());
        } catch (InterruptedException e) {
            asked.cancel(true);
            Thread.currentThread().interrupt();
            return new Answer.Silent<>("interrupted");
        }
    }

    /// The value of the answer is meaningless.
    Answer<Boolean> tell(Duration patience, Consumer<DockerClient> order) {
        return ask(
                patience,
                docker -> {
                    order.accept(docker);
                    return true;
                });
    }

    /// @param opening hands the stream to a request, which reads on a thread of its own
    <T> Streaming<T> open(Consumer<T> each, BiConsumer<DockerClient, Streaming<T>> opening) {
        var stream = new Streaming<T>(each);
        opening.accept(client, stream);
        return stream;
    }

    /// In the background, until this is closed.
    void run(Runnable work) {
        try {
            threads.execute(work);
        } catch (RejectedExecutionException e) {
            // Closed: whatever it was, the next agent looks after it.
        }
    }

    String host() {
        return host;
    }

    boolean closed() {
        return threads.isShutdown();
    }

    static <T> Answer<T> failed(Throwable problem) {
        return problem instanceof DockerException refusal && refusal.getHttpStatus() > 0
                ? new Answer.Refused<>(refusal.getHttpStatus(), reason(refusal))
                : new Answer.Silent<>(String.valueOf(root(problem).getMessage()));
    }

    private static Throwable root(Throwable problem) {
        return problem.getCause() == null ? problem : root(problem.getCause());
    }

    private static String reason(DockerException refusal) {
        return message(String.valueOf(refusal.getMessage()));
    }

    /// The engine says `{"message":"..."}`.
    static String message(String text) {
        int json = text.indexOf('{');
        try {
            return json < 0
                    ? text
                    : JSON.readTree(text.substring(json)).path("message").asText(text).strip();
        } catch (JsonProcessingException e) {
            return text;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            client.close();
        } catch (IOException e) {
            // Connections that cannot be closed end with this process.
        }
    }
}
