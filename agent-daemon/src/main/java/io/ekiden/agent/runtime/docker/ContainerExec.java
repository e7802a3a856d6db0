package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.model.Frame;
import io.ekiden.agent.runtime.Exec;
import io.ekiden.agent.runtime.ExecMark;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A command of somebody's in a container. The engine cannot end what it runs there: all that has
/// the command's mark is killed from outside where this machine shows it, and from within the
/// container, by its own shell, where the agent cannot see it.
final class ContainerExec implements Exec {
    private static final byte[] END_OF_INPUT = {4};
    private static final Duration POLL = Duration.ofMillis(20);
    private static final int RESIZES = 10;
    private static final int KILLED = 137;

    /// Given the mark, which is not in the environment of this shell itself.
    private static final String KILL =
            "for p in /proc/[0-9]*; do grep -q \"$0\" $p/environ 2>/dev/null"
                    + " && kill -s KILL ${p#/proc/}; done";

    private final Engine engine;
    private final Patience patience;
    private final String container;
    private final String id;
    private final boolean tty;
    private final ExecMark mark;
    private final Attached attached;

    private ContainerExec(
            Engine engine,
            Patience patience,
            String container,
            String id,
            boolean tty,
            ExecMark mark,
            Attached attached) {
        this.engine = engine;
        this.patience = patience;
        this.container = container;
        this.id = id;
        this.tty = tty;
        this.mark = mark;
        this.attached = attached;
    }

    static Begun begin(Engine engine, Patience patience, String container, Wanted wanted) {
        var mark = ExecMark.random();
        var created = create(engine, patience, container, wanted, mark);
        return switch (created) {
            case Answer.Done(var id) -> {
                try {
                    var attached = Attached.start(engine.host(), id, wanted.tty());
                    yield new Begun.Done(
                            new ContainerExec(
                                    engine, patience, container, id, wanted.tty(), mark, attached));
                } catch (IOException e) {
                    yield new Begun.Failed("the command cannot be started: " + e.getMessage());
                }
            }
            case Answer.Refused(_, var reason) -> new Begun.Failed(reason);
            case Answer.Silent(var reason) ->
                    new Begun.Failed("the Docker engine does not answer: " + reason);
        };
    }

    private static Answer<String> create(
            Engine engine, Patience patience, String container, Wanted wanted, ExecMark mark) {
        return engine.ask(
                patience.call(),
                docker ->
                        docker.execCreateCmd(container)
                                .withAttachStdin(wanted.stdin())
                                .withAttachStdout(true)
                                .withAttachStderr(true)
                                .withTty(wanted.tty())
                                .withEnv(List.of(mark.entry()))
                                .withCmd(wanted.command().toArray(String[]::new))
                                .exec()
                                .getId());
    }

    @Override
    public void input(byte[] bytes) throws IOException {
        attached.write(bytes);
    }

    @Override
    public void endInput() {
        try {
            if (tty) {
                attached.write(END_OF_INPUT);
            } else {
                attached.endInput();
            }
        } catch (IOException e) {
            // It has ended, or reads no more.
        }
    }

    /// A command that was only just started has no terminal yet.
    @Override
    public void resize(int columns, int rows) {
        for (int attempt = 0; tty && attempt < RESIZES && !resized(columns, rows); attempt++) {
            pause();
        }
    }

    private boolean resized(int columns, int rows) {
        return engine.tell(
                        patience.call(),
                        docker -> docker.resizeExecCmd(id).withSize(rows, columns).exec())
                instanceof Answer.Done;
    }

    @Override
    public int run(Output output) throws IOException, InterruptedException {
        attached.read(output);
        while (true) {
            switch (status()) {
                case Answer.Done(var exit) when exit.isPresent() -> {
                    return exit.get();
                }
                case Answer.Done<Optional<Integer>> _ -> Thread.sleep(POLL);
                // Its container is no more, and with it went the command.
                case Answer.Refused<Optional<Integer>> _ -> {
                    return KILLED;
                }
                case Answer.Silent(var reason) -> throw new IOException(reason);
            }
        }
    }

    /// Empty while it runs.
    private Answer<Optional<Integer>> status() {
        return engine.ask(
                patience.call(), docker -> Inspection.exit(docker.inspectExecCmd(id).exec()));
    }

    @Override
    public void close() {
        boolean seen = mark.end();
        attached.close();
        boolean runs = status() instanceof Answer.Done(var exit) && exit.isEmpty();
        if (!seen && runs) {
            killInside();
        }
    }

    private void killInside() {
        var killer =
                engine.ask(
                        patience.call(),
                        docker ->
                                docker.execCreateCmd(container)
                                        .withCmd("/bin/sh", "-c", KILL, mark.entry())
                                        .exec()
                                        .getId());
        if (killer instanceof Answer.Done(var shell)) {
            var run =
                    engine.<Frame>open(
                            _ -> {}, (docker, frames) -> docker.execStartCmd(shell).exec(frames));
            var _ = run.awaitEnd(patience.call(), patience.call());
            run.close();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
