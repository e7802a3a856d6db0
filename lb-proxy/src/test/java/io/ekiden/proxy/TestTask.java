package io.ekiden.proxy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

/// A task with an HTTP server, of the JDK's kind: `/` says its name, `/wait` waits to be let go,
/// `/large` gives or takes a large body, `/headers` and `/uri` say what has come.
final class TestTask implements AutoCloseable {
    static final String LARGE = "/large";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final String name;

    TestTask(String name) throws IOException {
        this(name, 0);
    }

    TestTask(String name, int port) throws IOException {
        this.name = name;
        server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    int requests() {
        return requests.get();
    }

    int waiting() {
        return waiting.get();
    }

    void letGo() {
        letGo.countDown();
    }

    private void handle(HttpExchange http) throws IOException {
        requests.incrementAndGet();
        try (http) {
            switch (http.getRequestURI().getPath()) {
                case "/wait" -> {
                    waiting.incrementAndGet();
                    letGo.await();
                    say(http, name);
                }
                case LARGE -> {
                    if (http.getRequestMethod().equals("POST")) {
                        say(http, digest(http.getRequestBody()));
                    } else {
                        http.sendResponseHeaders(200, 0);
                        large().transferTo(http.getResponseBody());
                    }
                }
                case "/headers" ->
                        say(
                                http,
                                http.getRequestHeaders().entrySet().stream()
                                        .map(e -> e.getKey() + ": " + e.getValue())
                                        .sorted()
                                        .collect(Collectors.joining("\n")));
                case "/uri" -> say(http, http.getRequestURI().toString());
                default -> {
                    http.getRequestBody().readAllBytes();
                    say(http, name);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// 64 MiB, the same each time.
    static InputStream large() {
        var block = new byte[1 << 20];
        new Random(7).nextBytes(block);
        var blocks = Collections.nCopies(64, block).stream().map(ByteArrayInputStream::new);
        return new SequenceInputStream(Collections.enumeration(blocks.toList()));
    }

    /// Length and checksum.
    static String digest(InputStream in) throws IOException {
        var checksum = new CRC32();
        long length = 0;
        var buffer = new byte[1 << 16];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            checksum.update(buffer, 0, n);
            length += n;
        }
        return length + " " + checksum.getValue();
    }

    private static void say(HttpExchange http, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        http.sendResponseHeaders(200, bytes.length);
        http.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        letGo();
        server.stop(0);
        threads.shutdownNow();
    }
}
