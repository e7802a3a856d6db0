package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.PullResponseItem;
import io.ekiden.agent.runtime.image.ImageName;
import io.ekiden.agent.secrets.PullConfig.Credentials.Login;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Pulls images: each once at a time, however many tasks wait for it with the same credentials, and
/// for no longer than [Patience] allows. A pull holds up only those who wait for its image.
final class ImagePulls {
    private static final Logger LOG = LoggerFactory.getLogger(ImagePulls.class);

    /// Of the answer to a pull that the engine has tried in vain: it has no status of HTTP.
    private static final int TRIED = 0;

    /// Between two words on how far a pull is.
    private static final Duration WORD = Duration.ofSeconds(3);

    private static final long MIB = 1L << 20;

    private final Engine engine;
    private final Patience patience;
    private final Map<Wanted, Pull> running = new ConcurrentHashMap<>();

    ImagePulls(Engine engine, Patience patience) {
        this.engine = engine;
        this.patience = patience;
    }

    /// @param login absent: what the agent's user has for the registry, if anything
    private record Wanted(String image, Optional<Login> login) {}

    /// Done exceptionally never: the answer says whether the image is there.
    ///
    /// @param login absent: what the agent's user has for the registry, if anything
    /// @param progress told from time to time, in words for people
    CompletableFuture<Answer<Boolean>> pull(
            String image, Optional<Login> login, Consumer<String> progress) {
        progress.accept("pulling image " + image);
        var pull = running.computeIfAbsent(new Wanted(image, login), this::begin);
        pull.listeners.add(progress);
        return pull.answer;
    }

    private Pull begin(Wanted wanted) {
        LOG.info("image={} is pulled", wanted.image());
        var pull = new Pull(wanted.image());
        engine.run(() -> {
            var answer = guarded(pull, wanted.login());
            running.remove(wanted);
            LOG.info("image={} pulled: {}", wanted.image(), answer);
            pull.answer.complete(answer);
        });
        return pull;
    }

    private Answer<Boolean> guarded(Pull pull, Optional<Login> login) {
        try {
            return run(pull, login);
        } catch (RuntimeException e) {
            return Engine.failed(e);
        }
    }

    private Answer<Boolean> run(Pull pull, Optional<Login> login) {
        var name = ImageName.of(pull.image);
        var stream =
                engine.<PullResponseItem>open(
                        pull::heard,
                        (docker, items) -> {
                            var order = docker.pullImageCmd(name.repository()).withTag(name.tag());
                            login.ifPresent(known -> order.withAuthConfig(auth(known)));
                            order.exec(items);
                        });
        var end = stream.awaitEnd(patience.stall(), patience.pull());
        return pull.error
                .get()
                .<Answer<Boolean>>map(e -> new Answer.Refused<>(TRIED, e))
                .orElse(end);
    }

    private static AuthConfig auth(Login login) {
        var auth =
                new AuthConfig()
                        .withRegistryAddress(login.registry())
                        .withUsername(login.user())
                        .withPassword(login.password());
        login.identityToken().ifPresent(auth::withIdentityToken);
        return auth;
    }

    /// One pull under way.
    private static final class Pull {
        private final String image;
        private final CompletableFuture<Answer<Boolean>> answer = new CompletableFuture<>();
        private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
        private final AtomicReference<Optional<String>> error =
                new AtomicReference<>(Optional.empty());
        private final Map<String, Layer> layers = new ConcurrentHashMap<>();
        private long saidAt = System.nanoTime();

        private record Layer(long current, long total) {}

        Pull(String image) {
            this.image = image;
        }

        void heard(PullResponseItem item) {
            var problem = item.getErrorDetail();
            if (problem != null) {
                error.set(Optional.of(String.valueOf(problem.getMessage())));
                return;
            }
            var detail = item.getProgressDetail();
            if ("Downloading".equals(item.getStatus())
                    && item.getId() != null
                    && detail != null
                    && detail.getCurrent() != null
                    && detail.getTotal() != null) {
                layers.put(item.getId(), new Layer(detail.getCurrent(), detail.getTotal()));
                say();
            }
        }

        private void say() {
            if (System.nanoTime() - saidAt > WORD.toNanos()) {
                saidAt = System.nanoTime();
                var text =
                        "pulling image %s: %d of %d MiB"
                                .formatted(
                                        image,
                                        layers.values().stream().mapToLong(Layer::current).sum()
                                                / MIB,
                                        layers.values().stream().mapToLong(Layer::total).sum()
                                                / MIB);
                listeners.forEach(listener -> listener.accept(text));
            }
        }
    }
}
