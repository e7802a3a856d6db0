package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import io.ekiden.agent.runtime.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Copies a container's output into `stdout` and `stderr` of its sandbox, each byte once: the
/// engine's log is read from where the files are, and what they have already is left out. So it
/// does not matter how often a copy is broken off, or by what. The engine keeps its log as JSON:
/// bytes that are no UTF-8 come out of it as U+FFFD.
final class ContainerLog {
    private static final String STDOUT = "stdout";
    private static final String STDERR = "stderr";

    /// However much there is to read.
    private static final Duration FOREVER = Duration.ofDays(1);

    private final Engine engine;
    private final Patience patience;
    private final OutputFile stdout;
    private final OutputFile stderr;
    private volatile Optional<Streaming<Frame>> copy = Optional.empty();
    private volatile boolean closed;

    /// @param files where it is noted how far the copies are
    ContainerLog(Engine engine, Path sandbox, ContainerFiles files, Patience patience) {
        this.engine = engine;
        this.patience = patience;
        this.stdout = file(sandbox, STDOUT, files);
        this.stderr = file(sandbox, STDERR, files);
    }

    private static OutputFile file(Path sandbox, String name, ContainerFiles files) {
        return new OutputFile(sandbox.resolve(name), files.copied(name), Limits.MAX_OUTPUT_BYTES);
    }

    /// Makes the files, so that they are there before anything is written.
    static void prepare(Path sandbox) throws IOException {
        for (var name : List.of(STDOUT, STDERR)) {
            OutputFile.prepare(sandbox.resolve(name));
        }
    }

    /// Begins to copy, until the container has ended; goes on when it does already.
    ///
    /// @param atEnd called when the output ends, for whatever reason
    synchronized void follow(String id, Runnable atEnd) {
        if (closed || follows()) {
            return;
        }
        var begun = begin(id, true, new LogMessages(stdout::take), new LogMessages(stderr::take));
        copy = Optional.of(begun);
        var _ =
                begun.end()
                        .whenComplete((_, _) ->
                                engine.run(() -> {
                                    begun.close();
                                    atEnd.run();
                                }));
    }

    boolean follows() {
        return copy.filter(stream -> !stream.over()).isPresent();
    }

    /// Copies what an ended container has written, to the last byte.
    ///
    /// @return `Done` also when there is nothing to read any more
    synchronized Answer<Boolean> complete(String id) {
        copy.ifPresent(following -> {
            var _ = following.awaitEnd(patience.logs(), FOREVER);
            following.close();
        });
        // Some engines end what they let follow before the last lines.
        var toStdout = new LogMessages(stdout::take);
        var toStderr = new LogMessages(stderr::take);
        var last = begin(id, false, toStdout, toStderr);
        copy = Optional.of(last);
        var answer = last.awaitEnd(patience.logs(), FOREVER);
        last.close();
        if (answer instanceof Answer.Done) {
            toStdout.end();
            toStderr.end();
        }
        return answer instanceof Answer.Refused ? new Answer.Done<>(false) : answer;
    }

    void close() {
        closed = true;
        copy.ifPresent(Streaming::close);
        stdout.close();
        stderr.close();
    }

    private Streaming<Frame> begin(
            String id, boolean follow, LogMessages toStdout, LogMessages toStderr) {
        var out = stdout.again();
        var err = stderr.again();
        var since = out.isBefore(err) ? out : err;
        return engine.open(
                frame ->
                        (frame.getStreamType() == StreamType.STDERR ? toStderr : toStdout)
                                .take(frame.getPayload()),
                (docker, frames) ->
                        docker.logContainerCmd(id)
                                .withStdOut(true)
                                .withStdErr(true)
                                .withTimestamps(true)
                                .withSince((int) since.getEpochSecond())
                                .withFollowStream(follow)
                                .exec(frames));
    }
}
