package io.ekiden.standalone;

import io.ekiden.exec.ExecFrames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/// The near side of a command in a task. No more is heard than stdout and stderr take.
final class ExecClient implements WebSocket.Listener {
    private static final int PIECE = 32 << 10;

    private final OutputStream out;
    private final OutputStream err;
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private final CompletableFuture<ExecFrames.Status> status = new CompletableFuture<>();

    ExecClient(OutputStream out, OutputStream err) {
        this.out = out;
        this.err = err;
    }

    /// How it ended; failed when nothing more will be heard of it.
    ExecFrames.Status await() throws InterruptedException {
        try {
            return status.get();
        } catch (ExecutionException e) {
            return new ExecFrames.Status.Failed(String.valueOf(e.getCause().getMessage()));
        }
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
        var bytes = new byte[data.remaining()];
        data.get(bytes);
        message.writeBytes(bytes);
        try {
            if (last) {
                var whole = message.toByteArray();
                message.reset();
                heard(whole);
            }
            socket.request(1);
        } catch (IOException e) {
            // Who is to read it has gone.
            status.completeExceptionally(e);
            socket.abort();
        }
        return null;
    }

    private void heard(byte[] whole) throws IOException {
        if (whole.length == 0) {
            return;
        }
        switch (Byte.toUnsignedInt(whole[0])) {
            case ExecFrames.STDOUT -> write(out, whole);
            case ExecFrames.STDERR -> write(err, whole);
            case ExecFrames.STATUS ->
                    status.complete(ExecFrames.status(Arrays.copyOfRange(whole, 1, whole.length)));
            // What a later version may have to say.
            default -> {}
        }
    }

    private static void write(OutputStream to, byte[] whole) throws IOException {
        to.write(whole, 1, whole.length - 1);
        to.flush();
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        status.completeExceptionally(new IOException("the connection ended: " + reason));
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable problem) {
        status.completeExceptionally(new IOException("the connection broke off: " + problem));
    }

    /// Sends all that comes, and its end. Blocks.
    static void feed(WebSocket socket, InputStream from) {
        var piece = new byte[PIECE];
        try {
            for (int length = from.read(piece); length >= 0; length = from.read(piece)) {
                send(socket, ExecFrames.message(ExecFrames.STDIN, piece, length));
            }
            send(socket, ExecFrames.message(ExecFrames.CLOSE, new byte[] {ExecFrames.STDIN}));
        } catch (IOException e) {
            // The command has ended, or its connection: how, is heard.
        }
    }

    /// One at a time: a WebSocket takes no message while another is on its way.
    static void send(WebSocket socket, byte[] bytes) throws IOException {
        synchronized (socket) {
            try {
                var _ = socket.sendBinary(ByteBuffer.wrap(bytes), true).get();
            } catch (ExecutionException e) {
                throw new IOException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
