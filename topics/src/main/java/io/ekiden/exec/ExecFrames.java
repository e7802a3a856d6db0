package io.ekiden.exec;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The messages of a WebSocket through which a command is spoken with: Kubernetes' remote command
/// protocol in its fifth version, so that its clients can be used. Each is binary, and its first
/// byte says what the rest belongs to. The fifth version is the first in which input can be ended
/// without ending all: `CLOSE`, followed by the channel.
public final class ExecFrames {
    /// Which the client asks for by `Sec-WebSocket-Protocol`.
    public static final String PROTOCOL = "v5.channel.k8s.io";

    /// No message is larger: both sides keep one at a time in memory.
    public static final int MAX_MESSAGE = 1 << 20;

    /// From the client.
    public static final int STDIN = 0;

    public static final int STDOUT = 1;
    public static final int STDERR = 2;

    /// How the command ended, as the status of a Kubernetes object: the last message.
    public static final int STATUS = 3;

    /// The size of the client's terminal: `{"Width":80,"Height":24}`.
    public static final int RESIZE = 4;

    /// No more will come on the channel that follows.
    public static final int CLOSE = 255;

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int MAX_SIDE = 10_000;

    private ExecFrames() {}

    /// Of a terminal, in characters.
    public record Size(int columns, int rows) {}

    public static byte[] message(int channel, byte[] content) {
        return message(channel, content, content.length);
    }

    /// @param length so much of `content`
    public static byte[] message(int channel, byte[] content, int length) {
        var message = new byte[length + 1];
        message[0] = (byte) channel;
        System.arraycopy(content, 0, message, 1, length);
        return message;
    }

    public static byte[] resize(Size size) {
        return message(
                RESIZE,
                "{\"Width\":%d,\"Height\":%d}"
                        .formatted(size.columns(), size.rows())
                        .getBytes(StandardCharsets.UTF_8));
    }

    /// Empty when it says no size that a terminal can have.
    public static Optional<Size> size(byte[] content) {
        try {
            var json = JSON.readTree(content);
            int columns = json.path("Width").asInt();
            int rows = json.path("Height").asInt();
            boolean sound = columns > 0 && rows > 0 && columns <= MAX_SIDE && rows <= MAX_SIDE;
            return sound ? Optional.of(new Size(columns, rows)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// The last message of a command that has ended.
    ///
    /// @param exitCode as a shell says it
    public static byte[] exited(int exitCode) {
        var status = JSON.createObjectNode();
        status.putObject("metadata");
        if (exitCode == 0) {
            status.put("status", "Success");
        } else {
            status.put("status", "Failure");
            status.put("message", "command terminated with exit code " + exitCode);
            status.put("reason", "NonZeroExitCode");
            status.putObject("details")
                    .putArray("causes")
                    .addObject()
                    .put("reason", "ExitCode")
                    .put("message", Integer.toString(exitCode));
        }
        return message(STATUS, bytes(status));
    }

    /// The last message of a command of which nothing more is known.
    public static byte[] failed(String why) {
        var status = JSON.createObjectNode();
        status.putObject("metadata");
        status.put("status", "Failure").put("message", why).put("reason", "InternalError");
        return message(STATUS, bytes(status));
    }

    private static byte[] bytes(JsonNode json) {
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JacksonException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What a status says.
    public sealed interface Status {
        record Exited(int code) implements Status {}

        record Failed(String why) implements Status {}
    }

    /// @param content of the message on [#STATUS]
    public static Status status(byte[] content) {
        try {
            var json = JSON.readTree(content);
            if (json.path("status").asText().equals("Success")) {
                return new Status.Exited(0);
            }
            for (var cause : json.path("details").path("causes")) {
                if (cause.path("reason").asText().equals("ExitCode")) {
                    return new Status.Exited(cause.path("message").asInt(1));
                }
            }
            return new Status.Failed(json.path("message").asText("no reason was given"));
        } catch (IOException e) {
            return new Status.Failed("its status cannot be read");
        }
    }
}
