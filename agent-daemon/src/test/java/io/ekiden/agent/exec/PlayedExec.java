package io.ekiden.agent.exec;

import io.ekiden.agent.runtime.Exec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/// A command played by a test.
final class PlayedExec implements Exec {
    private static final int KILLED = 137;

    final List<String> told = new CopyOnWriteArrayList<>();
    final ByteArrayOutputStream read = new ByteArrayOutputStream();

    /// Bytes of input that it is willing to take.
    final Semaphore appetite = new Semaphore(Integer.MAX_VALUE);

    private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();

    private sealed interface Step {
        record Write(boolean error, String text) implements Step {}

        record Exit(int code) implements Step {}
    }

    void writes(boolean error, String text) {
        steps.add(new Step.Write(error, text));
    }

    void exits(int code) {
        steps.add(new Step.Exit(code));
    }

    @Override
    public void input(byte[] bytes) throws IOException {
        appetite.acquireUninterruptibly(bytes.length);
        synchronized (read) {
            read.write(bytes);
        }
    }

    int taken() {
        synchronized (read) {
            return read.size();
        }
    }

    @Override
    public void endInput() {
        told.add("end of input");
    }

    @Override
    public void resize(int columns, int rows) {
        told.add(columns + "x" + rows);
    }

    @Override
    public int run(Output output) throws IOException, InterruptedException {
        while (true) {
            switch (steps.take()) {
                case Step.Write(var error, var text) -> {
                    var bytes = text.getBytes(StandardCharsets.UTF_8);
                    output.take(error, bytes, bytes.length);
                }
                case Step.Exit(var code) -> {
                    return code;
                }
            }
        }
    }

    @Override
    public void close() {
        told.add("closed");
        steps.add(new Step.Exit(KILLED));
    }
}
