package io.ekiden.gateway.webhooks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/// A receiver of events that behaves as the test says.
public final class Receiving implements AutoCloseable {
    /// What it does with a request.
    public enum Manner {
        TAKE,
        FAIL,
        REDIRECT,
        RESET,
        /// Takes it, but breaks off before it says so.
        TAKE_AND_RESET,
        HANG
    }

    /// One event that it has taken.
    public record Taken(String id, String body) {}

    private final HttpServer server;
    private final List<Taken> taken = new CopyOnWriteArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile IntFunction<Manner> manners = _ -> Manner.TAKE;

    public Receiving() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    }

    /// @param manners by the number of the request, from 0
    public void behave(IntFunction<Manner> manners) {
        this.manners = manners;
    }

    public List<Taken> taken() {
        return taken;
    }

    public int asked() {
        return asked.get();
    }

    public List<String> ids() {
        return taken.stream().map(Taken::id).filter(id -> !id.isEmpty()).toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        var id = exchange.getRequestHeaders().getFirst(Receiver.EVENT_ID);
        var one = new Taken(id == null ? "" : id, body);
        switch (manners.apply(asked.getAndIncrement())) {
            case TAKE -> {
                taken.add(one);
                exchange.sendResponseHeaders(204, -1);
            }
            case FAIL -> exchange.sendResponseHeaders(500, -1);
            case REDIRECT -> {
                exchange.getResponseHeaders().set("Location", "/elsewhere");
                exchange.sendResponseHeaders(302, -1);
            }
            case RESET -> {}
            case TAKE_AND_RESET -> taken.add(one);
            case HANG -> {
                try {
                    Thread.sleep(60_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
