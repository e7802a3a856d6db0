package io.ekiden.agent.runtime.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// A Docker volume plugin (protocol `VolumeDriver`, version 1) whose volumes are folders. It can
/// refuse, and it can hang.
final class VolumePlugin implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PREFIX = "/VolumeDriver.";

    private final Path folder;
    private final ServerSocketChannel server;
    private final Map<String, String> refused = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> hanging = new ConcurrentHashMap<>();

    /// Of each volume, with which options it was made.
    final Map<String, Map<?, ?>> made = new ConcurrentSkipListMap<>();

    /// `Mount data`, `Unmount data` and so on, in their order.
    final List<String> asked = new CopyOnWriteArrayList<>();

    /// @param sockets the engine's folder of plugins
    /// @param folder of the volumes
    VolumePlugin(Path sockets, String name, Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(sockets);
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(sockets.resolve(name + ".sock")));
        Thread.ofVirtual().start(this::accept);
    }

    /// @param operation such as `Create`
    void refuse(String operation, String why) {
        refused.put(operation, why);
    }

    void hang(String operation) {
        hanging.put(operation, new CountDownLatch(1));
    }

    void goOn() {
        hanging.values().forEach(CountDownLatch::countDown);
        hanging.clear();
    }

    Path folder(String volume) {
        return folder.resolve(volume);
    }

    private void accept() {
        try {
            while (true) {
                var connection = server.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            var in = new BufferedInputStream(Channels.newInputStream(connection));
            for (var line = line(in); !line.isEmpty(); line = line(in)) {
                var path = line.split(" ", 3)[1];
                int length = 0;
                for (var header = line(in); !header.isEmpty(); header = line(in)) {
                    var parts = header.split(":", 2);
                    if (parts[0].toLowerCase(Locale.ROOT).equals("content-length")) {
                        length = Integer.parseInt(parts[1].strip());
                    }
                }
                var body = in.readNBytes(length);
                answer(connection, path, length == 0 ? JSON.nullNode() : JSON.readTree(body));
            }
        } catch (IOException | InterruptedException e) {
            // The engine asks again if it wants to know.
        }
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.write(c);
        }
        return line.toString(StandardCharsets.UTF_8).strip();
    }

    private void answer(SocketChannel connection, String path, JsonNode question)
            throws IOException, InterruptedException {
        var answer = answer(path, question);
        boolean wrong = !answer.path("Err").asText("").isEmpty();
        var bytes = JSON.writeValueAsBytes(answer);
        var head =
                "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                        .formatted(wrong ? "500 Internal Server Error" : "200 OK", bytes.length);
        connection.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
        connection.write(ByteBuffer.wrap(bytes));
    }

    private ObjectNode answer(String path, JsonNode question)
            throws IOException, InterruptedException {
        var json = JsonNodeFactory.instance.objectNode();
        if (path.equals("/Plugin.Activate")) {
            json.putArray("Implements").add("VolumeDriver");
            return json;
        }
        var operation = path.substring(PREFIX.length());
        var name = question.path("Name").asText("");
        asked.add((operation + " " + name).strip());
        var hangs = hanging.get(operation);
        if (hangs != null) {
            hangs.await();
        }
        if (refused.containsKey(operation)) {
            return json.put("Err", refused.get(operation));
        }
        switch (operation) {
            case "Create" -> {
                made.put(name, JSON.convertValue(question.path("Opts"), Map.class));
                Files.createDirectories(folder(name));
            }
            case "Get" -> {
                if (!made.containsKey(name)) {
                    return json.put("Err", "no such volume");
                }
                volume(json.putObject("Volume"), name);
            }
            case "List" -> {
                var all = json.putArray("Volumes");
                made.keySet().forEach(known -> volume(all.addObject(), known));
            }
            case "Mount", "Path" -> json.put("Mountpoint", folder(name).toString());
            case "Remove" -> made.remove(name);
            case "Capabilities" -> json.putObject("Capabilities").put("Scope", "global");
            default -> {}
        }
        return json.put("Err", "");
    }

    private void volume(ObjectNode json, String name) {
        json.put("Name", name).put("Mountpoint", folder(name).toString());
    }

    @Override
    public void close() throws IOException {
        goOn();
        server.close();
    }
}
