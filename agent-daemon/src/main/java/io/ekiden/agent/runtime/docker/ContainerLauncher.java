package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import io.ekiden.agent.fetch.Fetcher;
import io.ekiden.agent.runtime.Mounts;
import io.ekiden.agent.runtime.Volumes;
import io.ekiden.agent.runtime.WorkDir;
import io.ekiden.agent.secrets.Brought;
import io.ekiden.agent.secrets.PullConfig.Credentials.Login;
import io.ekiden.agent.secrets.PullConfig.Credentials.Unusable;
import io.ekiden.agent.secrets.SecretKeeper;
import io.ekiden.log.AgentCommand;
import io.ekiden.model.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes and starts the container of a task: two requests if all goes well, and one before for a
/// network that has a name. What a container runs, it runs once: no container is ever asked twice
/// to start. When the answer to a start is lost and the container is found not to have begun, it is
/// removed first (which the engine refuses if it begins at that moment) and then made anew. A
/// container that is to be in another's network waits until that runs.
final class ContainerLauncher {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerLauncher.class);
    private static final int NOT_MODIFIED = 304;

    /// What is said of a container that is not this agent's.
    private static final int FOREIGN = 403;

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final String NO_IMAGE = "o such image";

    /// One, and another if the image was removed right after it.
    private static final int PULLS = 2;

    private static final long STOP_POLL_MILLIS = 200;

    private final Engine engine;
    private final EngineWatch watch;
    private final ImagePulls pulls;
    private final Fetcher fetcher;
    private final SecretKeeper secrets;
    private final Patience patience;
    private final ExternalVolumes external;
    private final WorkDir work;
    private final Volumes volumes;
    private final TaskHost host;
    private final Labels labels;
    private final Function<TaskId, Optional<Contained>> others;

    /// @param others the tasks that have not ended
    ContainerLauncher(
            Engine engine,
            EngineWatch watch,
            Patience patience,
            ExternalVolumes external,
            Fetcher fetcher,
            SecretKeeper secrets,
            WorkDir work,
            TaskHost host,
            Labels labels,
            Function<TaskId, Optional<Contained>> others) {
        this.engine = engine;
        this.watch = watch;
        this.pulls = new ImagePulls(engine, patience);
        this.patience = patience;
        this.external = external;
        this.fetcher = fetcher;
        this.secrets = secrets;
        this.work = work;
        this.volumes = new Volumes(work);
        this.host = host;
        this.labels = labels;
        this.others = others;
    }

    /// What became of a launch.
    sealed interface Launch {
        /// @param fresh this launch has started it; else it was found to have been
        record Begun(String id, boolean fresh) implements Launch {}

        record Failed(String reason) implements Launch {}

        /// What it wants to find in its sandbox cannot be brought there.
        record NotFetched(String reason) implements Launch {}

        /// Its end was ordered before it began. Nothing of it runs.
        record Stopped() implements Launch {}

        /// This agent ends; the next one finds out how far it came.
        record Left() implements Launch {}
    }

    /// @param progress of what takes long, in words for people
    Launch launch(Contained task, Consumer<String> progress) {
        var definition = task.task.task().orElseThrow();
        var sandbox = work.sandbox(task.taskId());
        var problem = ContainerSpec.problem(definition, host, sandbox);
        if (problem.isPresent()) {
            return new Launch.Failed(problem.get());
        }
        try {
            Files.createDirectories(sandbox);
            WorkDir.restrict(sandbox, "rwxr-x---");
            switch (bring(task, definition, sandbox, progress)) {
                case Fetcher.Outcome.Done _ -> {}
                case Fetcher.Outcome.Failed(var reason) -> {
                    return new Launch.NotFetched(reason);
                }
                case Fetcher.Outcome.Stopped _ -> {
                    return task.stopped() ? new Launch.Stopped() : new Launch.Left();
                }
            }
            task.files.expectContainer(ContainerSpec.name(task.taskId()));
            ContainerLog.prepare(sandbox);
            secrets.makeFiles(definition);
            return new Attempt(
                            task,
                            definition,
                            sandbox,
                            Mounts.of(definition, work, volumes.of(task.task)),
                            secrets.of(definition),
                            progress)
                    .run();
        } catch (IOException e) {
            LOG.warn("task={} has no place to be", task.taskId(), e);
            return new Launch.Failed("its sandbox cannot be made: " + e);
        }
    }

    private Fetcher.Outcome bring(
            Contained task, AgentCommand.Task definition, Path sandbox, Consumer<String> progress) {
        BooleanSupplier stopped = () -> task.stopped() || engine.closed();
        var fetched = fetcher.fetch(definition, sandbox, stopped, progress);
        return fetched instanceof Fetcher.Outcome.Done
                ? secrets.await(definition, stopped, progress)
                : fetched;
    }

    /// What the engine says of a task's container.
    Answer<InspectContainerResponse> inspect(Contained task) {
        var name = task.id().orElseGet(() -> ContainerSpec.name(task.taskId()));
        var answer = engine.ask(patience.call(), docker -> docker.inspectContainerCmd(name).exec());
        if (answer instanceof Answer.Done(var found)) {
            var theirs = found.getConfig() == null ? null : found.getConfig().getLabels();
            boolean own =
                    theirs != null && labels.task(theirs).filter(task.taskId()::equals).isPresent();
            return own
                    ? answer
                    : new Answer.Refused<>(FOREIGN, "the container %s is not its".formatted(name));
        }
        return answer;
    }

    /// Removes a container that does not run.
    Answer<Boolean> remove(String id) {
        return engine.tell(
                patience.call(),
                docker -> docker.removeContainerCmd(id).withRemoveVolumes(true).exec());
    }

    /// Whether there is no container that is the task's.
    static boolean missing(Answer<?> answer) {
        return answer instanceof Answer.Refused<?>(var status, _)
                && (status == NOT_FOUND || status == FOREIGN);
    }

    /// One launch. On one thread.
    private final class Attempt {
        private final Contained task;
        private final AgentCommand.Task definition;
        private final Contents contents;
        private final Path sandbox;
        private final List<Mounts.Mount> mounts;
        private final Brought brought;
        private final Consumer<String> progress;
        private int pulled;

        /// Still to be pulled, whether the image is there or not.
        private boolean forced;

        Attempt(
                Contained task,
                AgentCommand.Task definition,
                Path sandbox,
                List<Mounts.Mount> mounts,
                Brought brought,
                Consumer<String> progress) {
            this.task = task;
            this.definition = definition;
            this.contents = Contents.of(definition).orElseThrow();
            this.sandbox = sandbox;
            this.mounts = mounts;
            this.brought = brought;
            this.progress = progress;
            this.forced = contents.forcePull();
        }

        Launch run() {
            var next = Optional.<Launch>empty();
            while (next.isEmpty()) {
                if (task.stopped()) {
                    return new Launch.Stopped();
                }
                if (engine.closed()) {
                    return new Launch.Left();
                }
                next = forced ? pull() : create();
            }
            return next.get();
        }

        /// Empty: to be tried again.
        private Optional<Launch> create() {
            return switch (external.make(contents.externalVolumes(), progress)) {
                case Answer.Done<Boolean> _ -> connect();
                case Answer.Refused(_, var reason) -> failed(reason);
                case Answer.Silent(var why) -> engineAnswers() ? failed(why) : again();
            };
        }

        /// Whether it is the engine's plugin, or a registry, that is silent, and not the engine.
        private boolean engineAnswers() {
            return engine.tell(patience.pong(), docker -> docker.pingCmd().exec())
                    instanceof Answer.Done;
        }

        private Optional<Launch> connect() {
            var named = definition.spec().containerNetwork().filter(_ -> task.hasNetwork());
            if (named.isEmpty()) {
                return make();
            }
            return switch (NamedNetwork.find(engine, patience, named.get().name())) {
                case Answer.Done<?> _ -> make();
                case Answer.Refused(_, var reason) -> failed(reason);
                case Answer.Silent<?> _ -> again();
            };
        }

        private Optional<Launch> make() {
            var user = Owner.user(engine, patience, contents);
            boolean init = watch.about().map(EngineWatch.About::init).orElse(true);
            var spec =
                    new ContainerSpec(
                            definition, contents, host, labels, sandbox, mounts, brought, init);
            var answer =
                    engine.ask(
                            patience.call(),
                            docker ->
                                    spec.fill(docker.createContainerCmd(contents.image()))
                                            .exec()
                                            .getId());
            return switch (answer) {
                case Answer.Done(var id) -> own(id, user);
                case Answer.Refused(var status, var reason) ->
                        switch (status) {
                            case NOT_FOUND ->
                                    reason.contains(NO_IMAGE) && pulled < PULLS
                                            ? pull()
                                            : failed(reason);
                            case CONFLICT -> adopt(reason, user);
                            default -> failed(reason);
                        };
                case Answer.Silent<String> _ -> again();
            };
        }

        private Optional<Launch> again() {
            watch.suspect();
            watch.pause();
            if (task.stopped()) {
                return Optional.of(new Launch.Stopped());
            }
            return awaitEngine();
        }

        private Optional<Launch> awaitEngine() {
            while (watch.about().isEmpty() && !engine.closed() && !task.stopped()) {
                watch.pause();
            }
            return Optional.empty();
        }

        private static Optional<Launch> failed(String reason) {
            return Optional.of(new Launch.Failed(reason));
        }

        private Optional<Launch> pull() {
            return brought.pullConfig()
                    .map(config ->
                            switch (config.of(contents.image())) {
                                case Login login -> pull(Optional.of(login));
                                case Unusable(var why) -> unavailable(why);
                            })
                    .orElseGet(() -> pull(Optional.empty()));
        }

        private Optional<Launch> pull(Optional<Login> login) {
            pulled++;
            var pull = pulls.pull(contents.image(), login, progress);
            while (!engine.closed()) {
                if (task.stopped()) {
                    return Optional.of(new Launch.Stopped());
                }
                var answer = polled(pull);
                if (answer.isPresent()) {
                    return judged(answer.get());
                }
            }
            return Optional.of(new Launch.Left());
        }

        private static Optional<Answer<Boolean>> polled(CompletableFuture<Answer<Boolean>> pull) {
            try {
                return Optional.of(pull.get(STOP_POLL_MILLIS, TimeUnit.MILLISECONDS));
            } catch (TimeoutException e) {
                return Optional.empty();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }

        private Optional<Launch> judged(Answer<Boolean> pull) {
            return switch (pull) {
                case Answer.Done<Boolean> _ -> {
                    forced = false;
                    yield Optional.empty();
                }
                case Answer.Refused(_, var reason) -> unavailable(reason);
                case Answer.Silent(var why) -> {
                    if (engineAnswers()) {
                        yield unavailable(why);
                    }
                    pulled--;
                    yield again();
                }
            };
        }

        private Optional<Launch> unavailable(String why) {
            return failed("image %s cannot be pulled: %s".formatted(contents.image(), why));
        }

        /// A container of this name is there: its own, if an answer was lost.
        private Optional<Launch> adopt(String reason, Supplier<Optional<String>> user) {
            return switch (inspect(task)) {
                case Answer.Done(var found) ->
                        State.of(found) == State.CREATED
                                ? own(found.getId(), user)
                                : Optional.of(new Launch.Begun(found.getId(), false));
                case Answer.Refused(var status, _) -> status == FOREIGN ? failed(reason) : again();
                case Answer.Silent<InspectContainerResponse> _ -> again();
            };
        }

        private Optional<Launch> own(String id, Supplier<Optional<String>> user) {
            task.found(id);
            try {
                var uid = user.get().flatMap(name -> Owner.uid(engine, patience, id, name));
                secrets.giveToContainer(definition, uid);
                if (uid.isPresent()) {
                    Owner.giveAll(uid.get(), sandbox);
                    for (var mount : mounts) {
                        if (mount.ours()) {
                            Owner.give(uid.get(), mount.folder());
                        }
                    }
                }
            } catch (IOException e) {
                LOG.warn("task={} its files cannot be given to its user: {}", task.taskId(), e);
            }
            while (!networkRuns() && !task.stopped()) {
                if (engine.closed()) {
                    return Optional.of(new Launch.Left());
                }
                watch.pause();
            }
            return task.stopped() ? stop(id) : start(id);
        }

        /// Whether the container is there in whose network this one is to be. When that has ended,
        /// this one is about to be stopped too.
        private boolean networkRuns() {
            return task.networkOf()
                    .map(first -> others.apply(first).filter(Contained::started).isPresent())
                    .orElse(true);
        }

        /// Before anything of it runs.
        private Optional<Launch> stop(String id) {
            var _ = remove(id);
            return Optional.of(new Launch.Stopped());
        }

        private Optional<Launch> start(String id) {
            contents.externalVolumes().stream()
                    .findFirst()
                    .ifPresent(first ->
                            progress.accept("mounts volume " + ExternalVolumes.text(first)));
            return switch (engine.tell(
                    patience.start(), docker -> docker.startContainerCmd(id).exec())) {
                case Answer.Done<Boolean> _ -> Optional.of(new Launch.Begun(id, true));
                case Answer.Refused(var status, var reason) -> {
                    if (status == NOT_MODIFIED) {
                        yield Optional.of(new Launch.Begun(id, false));
                    }
                    if (networkLost()) {
                        yield task.stopped() ? stop(id) : Optional.of(new Launch.Left());
                    }
                    var _ = remove(id);
                    yield failed(reason);
                }
                case Answer.Silent<Boolean> _ -> unanswered(id);
            };
        }

        /// Whether a start was refused because the container whose network it wants has just ended:
        /// then that is the cause of the pod's end, and this one is about to be stopped.
        private boolean networkLost() {
            if (task.networkOf().isEmpty()) {
                return false;
            }
            while (!task.stopped() && !engine.closed()) {
                var first = task.networkOf().flatMap(others);
                if (first.isPresent()
                        && inspect(first.get()) instanceof Answer.Done(var found)
                        && State.of(found) == State.RUNNING) {
                    return false;
                }
                watch.pause();
            }
            return true;
        }

        private Optional<Launch> unanswered(String id) {
            boolean removing = false;
            while (true) {
                watch.suspect();
                watch.pause();
                if (!watch.awaitAnswering()) {
                    return Optional.of(new Launch.Left());
                }
                var answer = inspect(task);
                if (answer instanceof Answer.Done(var found) && State.of(found) != State.CREATED) {
                    return Optional.of(new Launch.Begun(id, false));
                }
                if (missing(answer)) {
                    return removing ? anew() : Optional.of(new Launch.Begun(id, false));
                }
                if (answer instanceof Answer.Done) {
                    removing = true;
                    if (remove(id) instanceof Answer.Done) {
                        return anew();
                    }
                }
            }
        }

        private Optional<Launch> anew() {
            if (!contents.externalVolumes().isEmpty()) {
                return failed(
                        "its volumes were not mounted within %d s"
                                .formatted(patience.start().toSeconds()));
            }
            LOG.info("task={} its container did not begin and is made anew", task.taskId());
            task.lost();
            return Optional.empty();
        }
    }
}
