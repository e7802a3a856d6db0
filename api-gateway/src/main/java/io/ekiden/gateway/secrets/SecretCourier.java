package io.ekiden.gateway.secrets;

import io.ekiden.gateway.core.Applied;
import io.ekiden.gateway.log.EntryListener;
import io.ekiden.gateway.log.Follower;
import io.ekiden.gateway.secrets.SecretStore.Found;
import io.ekiden.log.Fact;
import io.ekiden.model.Agent;
import io.ekiden.model.Condition;
import io.ekiden.model.Instance;
import io.ekiden.model.RunSpec;
import io.ekiden.model.Secrets;
import io.ekiden.model.TaskId;
import io.ekiden.secrets.TaskSecrets;
import io.ekiden.state.ClusterImage;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings tasks their secrets. Who gets what is what the log says: a task is brought the secrets of
/// its own definition, to the agent that it was given to, sealed with the key that this agent
/// joined with. Nobody can ask for any, and who is on the way cannot open them.
///
/// Every gateway that has a key does so, until the agent has them or the task needs none any more;
/// an agent takes what comes first.
public final class SecretCourier implements EntryListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SecretCourier.class);
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final int AT_A_TIME = 64;

    /// What an agent takes at once is more, as it comes in Base64.
    private static final int MAX_BYTES = 4 << 20;

    private static final Set<Condition> STARTING =
            Set.of(Condition.PROVISIONED, Condition.STAGING, Condition.STARTING);

    private final SecretStore store;
    private final Follower follower;
    private final String token;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore room = new Semaphore(AT_A_TIME);
    private final Set<TaskId> underWay = ConcurrentHashMap.newKeySet();
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT)
                    .build();

    /// @param token that agents ask for
    public SecretCourier(SecretStore store, Follower follower, String token) {
        this.store = store;
        this.follower = follower;
        this.token = token;
    }

    /// A task that waits for these.
    private record Errand(TaskId task, Secrets secrets) {}

    /// Where to, as it is now.
    private record Address(String agentId, String url, String sealingKey) {}

    @Override
    public void applied(Applied applied) {
        for (var fact : applied.entry().facts()) {
            if (fact instanceof Fact.Launched(var spec, var instances, var _)) {
                spec.secrets()
                        .ifPresent(secrets ->
                                instances.forEach(one -> begin(new Errand(one.taskId(), secrets))));
            }
        }
    }

    /// Launches may have gone by unseen.
    @Override
    public void restarted() {
        threads.execute(() -> follower.read(SecretCourier::waiting).value().forEach(this::begin));
    }

    private static List<Errand> waiting(ClusterImage image) {
        return image.instances().stream()
                .filter(one -> STARTING.contains(one.condition()))
                .flatMap(one ->
                        image
                                .version(one.runSpecId(), one.version())
                                .or(() -> image.runSpec(one.runSpecId()))
                                .flatMap(RunSpec::secrets)
                                .map(secrets -> new Errand(one.taskId(), secrets))
                                .stream())
                .toList();
    }

    private void begin(Errand errand) {
        if (underWay.add(errand.task())) {
            threads.execute(() -> {
                try {
                    run(errand);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (RuntimeException e) {
                    LOG.error("task={} secrets=not-brought", errand.task(), e);
                } finally {
                    underWay.remove(errand.task());
                }
            });
        }
    }

    private void run(Errand errand) throws InterruptedException {
        var pause = FIRST_PAUSE;
        while (isWanted(errand.task())) {
            room.acquire();
            try {
                if (delivered(errand)) {
                    LOG.info("task={} secrets=brought", errand.task());
                    return;
                }
            } finally {
                room.release();
            }
            Thread.sleep(pause);
            var longer = pause.multipliedBy(2);
            pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
        }
    }

    private boolean isWanted(TaskId task) {
        return follower.read(image ->
                        image.instanceOf(task)
                                .filter(one -> STARTING.contains(one.condition()))
                                .filter(one -> one.stopping().isEmpty())
                                .isPresent())
                .value();
    }

    private boolean delivered(Errand errand) throws InterruptedException {
        var address = follower.read(image -> address(errand.task(), image)).value();
        if (address.isEmpty()) {
            return false;
        }
        try {
            store.refresh();
            return contents(errand.secrets())
                    .sealedFor(address.get().sealingKey(), errand.task())
                    .map(sealed -> new Parcel(errand.task(), address.get(), sealed))
                    .filter(this::isTaken)
                    .isPresent();
        } catch (KafkaException e) {
            LOG.debug("task={} secrets=not-read why={}", errand.task(), e.toString());
            return false;
        }
    }

    private static Optional<Address> address(TaskId task, ClusterImage image) {
        return image.instanceOf(task)
                .flatMap(Instance::placement)
                .flatMap(at -> image.agent(at.agentId()))
                .flatMap(SecretCourier::address);
    }

    private static Optional<Address> address(Agent agent) {
        return agent.address()
                .flatMap(url -> agent.sealingKey().map(key -> new Address(agent.id(), url, key)));
    }

    private TaskSecrets contents(Secrets secrets) {
        var values = new TreeMap<String, byte[]>();
        long bytes = 0;
        for (Map.Entry<String, String> secret : secrets.sources().entrySet()) {
            var path = secret.getValue();
            switch (store.find(path)) {
                case Found.Value(var value) -> {
                    values.put(secret.getKey(), value);
                    bytes += value.length;
                }
                case Found.Nothing() -> {
                    return TaskSecrets.none("there is no secret '%s'".formatted(path));
                }
                case Found.Locked() -> {
                    return TaskSecrets.none(
                            "the secret '%s' cannot be opened with the gateway's key"
                                    .formatted(path));
                }
            }
        }
        return bytes > MAX_BYTES
                ? TaskSecrets.none(
                        "its secrets have more than %d bytes together".formatted(MAX_BYTES))
                : TaskSecrets.of(values);
    }

    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    private record Parcel(TaskId task, Address to, byte[] sealed) {}

    private boolean isTaken(Parcel parcel) {
        var task = URLEncoder.encode(parcel.task().value(), StandardCharsets.UTF_8);
        var request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "%s/tasks/%s/secrets/sealed"
                                                .formatted(
                                                        parcel.to().url(),
                                                        task.replace("+", "%20"))))
                        .timeout(ANSWER)
                        .header("Authorization", "Bearer " + token)
                        .PUT(BodyPublishers.ofByteArray(parcel.sealed()))
                        .build();
        try {
            int status = http.send(request, BodyHandlers.discarding()).statusCode();
            if (status == 401) {
                LOG.warn("agent={} refuses the gateway's token", parcel.to().agentId());
            }
            return status == 200;
        } catch (IOException e) {
            LOG.debug("agent={} secrets=not-brought why={}", parcel.to().agentId(), e.toString());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        http.shutdownNow();
    }
}
