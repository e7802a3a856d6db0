package io.ekiden.agent.runtime.docker;

import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Copies a container's output into `stdout` and `stderr` of its sandbox, each byte once: the
/// engine's log is read from its beginning, and what the files have already is left out. So it does
/// not matter how often a copy is broken off, or by what. The engine keeps its log as JSON: bytes
/// that are no UTF-8 come out of it as U+FFFD.
///
/// The task can write to its sandbox too. What it puts in the place of these files is never
/// followed elsewhere; its own output is then lost.
final class ContainerLog {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerLog.class);
    private static final String STDOUT = "stdout";
    private static final String STDERR = "stderr";

    /// However much there is to read.
    private static final Duration FOREVER = Duration.ofDays(1);

    private final Engine engine;
    private final Path sandbox;
    private final Patience patience;
    private volatile Optional<Copy> copy = Optional.empty();
    private volatile boolean closed;

    ContainerLog(Engine engine, Path sandbox, Patience patience) {
        this.engine = engine;
        this.sandbox = sandbox;
        this.patience = patience;
    }

    /// Makes the files, so that they are there before anything is written.
    static void prepare(Path sandbox) throws IOException {
        for (var name : List.of(STDOUT, STDERR)) {
            target(sandbox.resolve(name)).close();
        }
    }

    /// Begins to copy, until the container has ended; goes on when it does already.
    ///
    /// @param atEnd called when the output ends, for whatever reason
    synchronized void follow(String id, Runnable atEnd) {
        if (closed || follows()) {
            return;
        }
        var begun = begin(id, true);
        copy = Optional.of(begun);
        var _ =
                begun.stream()
                        .end()
                        .whenComplete((_, _) ->
                                engine.run(() -> {
                                    begun.close();
                                    atEnd.run();
                                }));
    }

    boolean follows() {
        return copy.filter(c -> !c.stream().over()).isPresent();
    }

    /// Copies what an ended container has written, to the last byte.
    ///
    /// @return `Done` also when there is nothing to read any more
    synchronized Answer<Boolean> complete(String id) {
        copy.ifPresent(following -> {
            var _ = following.stream().awaitEnd(patience.logs(), FOREVER);
            following.close();
        });
        // Some engines end what they let follow before the last lines.
        var last = begin(id, false);
        copy = Optional.of(last);
        var answer = last.stream().awaitEnd(patience.logs(), FOREVER);
        last.close();
        return answer instanceof Answer.Refused ? new Answer.Done<>(false) : answer;
    }

    void close() {
        closed = true;
        copy.ifPresent(Copy::close);
    }

    private Copy begin(String id, boolean follow) {
        var stdout = new Sink(sandbox.resolve(STDOUT));
        var stderr = new Sink(sandbox.resolve(STDERR));
        var stream =
                engine.<Frame>open(
                        frame ->
                                (frame.getStreamType() == StreamType.STDERR ? stderr : stdout)
                                        .take(frame.getPayload()),
                        (docker, frames) ->
                                docker.logContainerCmd(id)
                                        .withStdOut(true)
                                        .withStdErr(true)
                                        .withFollowStream(follow)
                                        .exec(frames));
        return new Copy(stream, stdout, stderr);
    }

    private record Copy(Streaming<Frame> stream, Sink stdout, Sink stderr) {
        /// After this, nothing of it is written any more.
        void close() {
            stream.close();
            stdout.close();
            stderr.close();
        }
    }

    private static OutputStream target(Path file) throws IOException {
        // Anything but a plain file may block whoever opens it.
        try {
            var there =
                    Files.readAttributes(
                            file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!there.isRegularFile()) {
                throw new IOException(file + " is no plain file any more");
            }
        } catch (NoSuchFileException e) {
            // It is made below.
        }
        return Files.newOutputStream(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND,
                LinkOption.NOFOLLOW_LINKS);
    }

    /// One file. Opened when there is something to write, so that its size then is what it has.
    private static final class Sink {
        private final Path file;
        private Optional<OutputStream> target = Optional.empty();
        private long skip;
        private boolean closed;

        Sink(Path file) {
            this.file = file;
        }

        synchronized void take(byte[] output) {
            if (closed) {
                return;
            }
            try {
                if (target.isEmpty()) {
                    target = Optional.of(target(file));
                    skip = Files.size(file);
                }
                int known = (int) Math.min(skip, output.length);
                skip -= known;
                target.get().write(output, known, output.length - known);
            } catch (IOException e) {
                LOG.warn("output is lost from here on: {}: {}", file, e.toString());
                close();
            }
        }

        synchronized void close() {
            closed = true;
            try {
                if (target.isPresent()) {
                    target.get().close();
                }
            } catch (IOException e) {
                LOG.warn("{} could not be closed: {}", file, e.toString());
            }
        }
    }
}
