package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.VersionComponent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Knows whether the engine answers, and what happens to this agent's containers. An engine that is
/// away is said once; whoever needs it waits here until it is back.
final class EngineWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EngineWatch.class);
    private static final Duration WAIT_ROUND = Duration.ofMillis(100);

    /// At all containers, for one at the volume drivers: they seldom change, and some ask a cloud
    /// for their volumes.
    private static final int LOOKS = 6;

    private final Engine engine;
    private final String host;
    private final Labels labels;
    private final Patience patience;
    private final Listener listener;
    private final ExternalVolumes volumes;
    private final AtomicBoolean looking = new AtomicBoolean();
    private final AtomicBoolean suspected = new AtomicBoolean();
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("docker-watch").daemon().factory());
    private Streaming<Event> events = over();
    private boolean saidAway;
    private volatile Optional<About> about = Optional.empty();

    /// What the engine says of itself.
    ///
    /// @param init whether it has a program that reaps zombies and passes signals on
    record About(String version, boolean init) {}

    interface Listener {
        /// Look at every container: the engine is back, or an event may have been missed.
        void look();

        /// A container of this agent has died or was short of memory.
        void happened(String action, Map<String, String> attributes);

        /// It came or went.
        void changed();
    }

    EngineWatch(
            Engine engine,
            String host,
            Labels labels,
            Patience patience,
            ExternalVolumes volumes,
            Listener listener) {
        this.engine = engine;
        this.host = host;
        this.labels = labels;
        this.patience = patience;
        this.volumes = volumes;
        this.listener = listener;
    }

    /// Looks once, before it returns, and then goes on looking.
    void begin() {
        ping();
        every(patience.ping(), this::ping);
        every(patience.look(), this::look);
        every(patience.look().multipliedBy(LOOKS), () -> engine.run(this::discoverDrivers));
    }

    private void discoverDrivers() {
        if (about.isPresent() && volumes.discover()) {
            listener.changed();
        }
    }

    private void every(Duration period, Runnable work) {
        var _ =
                clock.scheduleWithFixedDelay(
                        () -> guarded(work),
                        period.toMillis(),
                        period.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /// An exception would end the schedule.
    private static void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("the engine could not be looked at", e);
        }
    }

    Optional<About> about() {
        return about;
    }

    /// What an agent says of the engine while it answers.
    ///
    /// @param privileged whether containers may have all rights
    SortedMap<String, String> attributes(boolean privileged) {
        var attributes = new TreeMap<String, String>();
        about.ifPresent(known -> {
            attributes.put("docker", known.version());
            attributes.put("privileged", Boolean.toString(privileged));
            attributes.put("volume-drivers", String.join(",", volumes.drivers()));
        });
        return attributes;
    }

    /// A request was not answered: whether the engine is there is found out now.
    void suspect() {
        if (suspected.compareAndSet(false, true)) {
            try {
                clock.execute(() -> guarded(this::ping));
            } catch (RejectedExecutionException e) {
                LOG.debug("closed");
            }
        }
    }

    /// Waits until the engine answers; `false` when this was closed.
    boolean awaitAnswering() {
        while (!engine.closed()) {
            if (about.isPresent()) {
                return true;
            }
            pause();
        }
        return false;
    }

    /// A moment, before something is tried again.
    void pause() {
        try {
            Thread.sleep(WAIT_ROUND);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ping() {
        suspected.set(false);
        var answer =
                about.isPresent()
                        ? engine.tell(patience.pong(), docker -> docker.pingCmd().exec())
                        : meet();
        switch (answer) {
            case Answer.Done<Boolean> _ -> listen();
            case Answer.Refused<Boolean>(var status, var reason) ->
                    away("status %d: %s".formatted(status, reason));
            case Answer.Silent<Boolean>(var why) -> away(why);
        }
    }

    private Answer<Boolean> meet() {
        return switch (engine.ask(patience.pong(), docker -> docker.versionCmd().exec())) {
            case Answer.Done(var version) -> {
                var components = version.getComponents();
                about =
                        Optional.of(
                                new About(
                                        String.valueOf(version.getVersion()),
                                        hasInit(components == null ? List.of() : components)));
                saidAway = false;
                var _ = volumes.look();
                LOG.info("engine={} docker={} answers", host, about.get().version());
                engine.run(listener::changed);
                engine.run(this::discoverDrivers);
                yield new Answer.Done<>(true);
            }
            case Answer.Refused(var status, var reason) -> new Answer.Refused<>(status, reason);
            case Answer.Silent(var why) -> new Answer.Silent<>(why);
        };
    }

    /// An engine that does not tell its parts is taken to have it.
    private static boolean hasInit(List<VersionComponent> components) {
        return components.stream()
                .filter(component -> "docker-init".equals(component.getName()))
                .noneMatch(component -> "N/A".equals(component.getVersion()));
    }

    private void away(String why) {
        if (clock.isShutdown()) {
            return;
        }
        boolean was = about.isPresent();
        about = Optional.empty();
        events.close();
        if (!saidAway) {
            saidAway = true;
            LOG.warn("engine={} does not answer; its tasks are taken to run on: {}", host, why);
        }
        if (was) {
            engine.run(listener::changed);
        }
    }

    /// A stream that ended may mean a restart so short that no ping has noticed it.
    private void listen() {
        if (!events.over() || labels.clusterId().get().isEmpty()) {
            return;
        }
        events =
                engine.open(
                        this::happened,
                        (docker, stream) ->
                                docker.eventsCmd()
                                        .withLabelFilter(labels.mine())
                                        .withEventFilter("die", "oom")
                                        .exec(stream));
        look();
    }

    private void happened(Event event) {
        var actor = event.getActor();
        if (actor != null && actor.getAttributes() != null && event.getAction() != null) {
            listener.happened(event.getAction(), actor.getAttributes());
        }
    }

    private void look() {
        if (about.isPresent() && looking.compareAndSet(false, true)) {
            engine.run(() -> {
                try {
                    listener.look();
                } finally {
                    looking.set(false);
                }
            });
        }
    }

    private static Streaming<Event> over() {
        var none = new Streaming<Event>(_ -> {});
        none.close();
        return none;
    }

    @Override
    public void close() {
        clock.shutdownNow();
        events.close();
    }
}
