package io.ekiden.gateway.webhooks;

import io.ekiden.gateway.core.EventId;
import io.ekiden.process.Destination;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Posts events to one callback URL. Connects to the very address that was looked at, so that a
/// name which changes its mind in between leads nowhere.
final class Receiver {
    static final String EVENT_ID = "X-Ekiden-Event-Id";

    private final HttpClient client;
    private final URI url;
    private final Duration timeout;

    /// @param timeout of one attempt as a whole
    Receiver(HttpClient client, String callbackUrl, Duration timeout) {
        this.client = client;
        this.url = URI.create(callbackUrl);
        this.timeout = timeout;
    }

    /// Why an event was not taken; empty when it was, which only a status of 2xx says. A redirect
    /// is not followed.
    ///
    /// @param id absent for what is not in the journal
    Optional<String> post(Optional<EventId> id, String json) throws InterruptedException {
        try {
            var status = exchange(id, json).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return status / 100 == 2 ? Optional.empty() : Optional.of("status " + status);
        } catch (TimeoutException e) {
            return Optional.of("no answer within " + timeout.toMillis() + " ms");
        } catch (ExecutionException e) {
            return Optional.of(String.valueOf(e.getCause()));
        } catch (UnknownHostException e) {
            return Optional.of(e.toString());
        }
    }

    private CompletableFuture<Integer> exchange(Optional<EventId> id, String json)
            throws UnknownHostException {
        boolean tls = "https".equalsIgnoreCase(url.getScheme());
        int port = url.getPort() > 0 ? url.getPort() : tls ? 443 : 80;
        var address = Destination.of(url.getHost());
        var options =
                new RequestOptions()
                        .setMethod(HttpMethod.POST)
                        .setServer(
                                SocketAddress.inetSocketAddress(
                                        new InetSocketAddress(address, port)))
                        .setHost(url.getHost())
                        .setPort(port)
                        .setSsl(tls)
                        .setURI(target())
                        .setFollowRedirects(false)
                        .setConnectTimeout(timeout.toMillis())
                        .putHeader("Content-Type", "application/json");
        id.ifPresent(known -> options.putHeader(EVENT_ID, known.toString()));
        return client.request(options)
                .compose(request -> send(request, json))
                .toCompletionStage()
                .toCompletableFuture();
    }

    private Future<Integer> send(HttpClientRequest request, String json) {
        // Nobody waits any longer then: what is still under way ends.
        request.idleTimeout(timeout.toMillis());
        return request.send(json)
                .compose(response -> response.end().map(_ -> response.statusCode()))
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(_ -> request.reset());
    }

    private String target() {
        var path = url.getRawPath();
        var query = url.getRawQuery();
        return (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
    }

    /// For the log: queries have secrets.
    String name() {
        return url.getScheme() + "://" + url.getRawAuthority() + url.getRawPath();
    }
}
