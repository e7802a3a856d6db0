package io.ekiden.agent.fetch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Serves files on loopback, and notes who asked for what.
public final class FileServer implements AutoCloseable {
    private static final int FOUND = 302;
    private static final int NOT_FOUND = 404;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Map<String, String> redirects = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> credentials = new CopyOnWriteArrayList<>();

    public FileServer() {
        try {
            var any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            server = HttpServer.create(any, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var path = exchange.getRequestURI().toString();
            requests.add(path);
            var shown = exchange.getRequestHeaders().getFirst("Authorization");
            credentials.add(shown == null ? "" : shown);
            var file = files.get(path);
            if (path.startsWith("/stalled")) {
                exchange.sendResponseHeaders(200, 1000);
                exchange.getResponseBody().write('x');
                exchange.getResponseBody().flush();
                Thread.sleep(Long.MAX_VALUE);
            } else if (redirects.containsKey(path)) {
                exchange.getResponseHeaders().set("Location", redirects.get(path));
                exchange.sendResponseHeaders(FOUND, -1);
            } else if (file == null) {
                exchange.sendResponseHeaders(NOT_FOUND, -1);
            } else {
                exchange.sendResponseHeaders(200, file.length == 0 ? -1 : file.length);
                exchange.getResponseBody().write(file);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public String put(String path, byte[] content) {
        files.put(path, content);
        return uri(path);
    }

    public String put(String path, String content) {
        return put(path, content.getBytes(StandardCharsets.UTF_8));
    }

    public String redirect(String path, String to) {
        redirects.put(path, to);
        return uri(path);
    }

    /// What begins with `/stalled` never ends.
    public String uri(String path) {
        return "http://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), path);
    }

    public List<String> requests() {
        return List.copyOf(requests);
    }

    List<String> credentials() {
        return List.copyOf(credentials);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
