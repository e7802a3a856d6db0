package io.ekiden.agent.fetch;

import io.ekiden.model.Artifact;
import io.ekiden.process.Destination;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.util.Timeout;

/// One file by HTTP. The address that a name leads to is looked at before it is connected to, for
/// each redirect anew: no redirect leads from elsewhere to this machine's loopback, or from https
/// to http, and user and password are for the first server alone.
final class Download implements DnsResolver {
    private static final int MAX_REDIRECTS = 3;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int OK = 200;

    private final Limits limits;

    /// Whether the next connection may be one to this machine itself.
    private boolean loopback;

    private boolean wasLoopback;

    /// @param loopback whether servers on this machine's loopback may be asked
    Download(Limits limits, boolean loopback) {
        this.limits = limits;
        this.loopback = loopback;
    }

    void run(URI uri, OutputStream to) throws IOException {
        var next = Optional.of(uri);
        try (var client = client()) {
            for (int hop = 0; next.isPresent(); hop++) {
                if (hop > MAX_REDIRECTS) {
                    throw new Unfetchable("more than %d redirects".formatted(MAX_REDIRECTS));
                }
                next = get(client, next.get(), hop == 0, to);
                arrived();
            }
        }
    }

    /// From where the last address was, the next one counts.
    void arrived() {
        loopback = wasLoopback;
    }

    private CloseableHttpClient client() {
        var connections =
                PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(this)
                        .setDefaultConnectionConfig(
                                ConnectionConfig.custom()
                                        .setConnectTimeout(millis(limits.connect().toMillis()))
                                        .setSocketTimeout(millis(limits.silence().toMillis()))
                                        .build())
                        .build();
        return HttpClients.custom()
                .setConnectionManager(connections)
                .setDefaultRequestConfig(
                        RequestConfig.custom()
                                .setResponseTimeout(millis(limits.silence().toMillis()))
                                .build())
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .setUserAgent("ekiden")
                .build();
    }

    private static Timeout millis(long millis) {
        return Timeout.of(millis, TimeUnit.MILLISECONDS);
    }

    /// @return where the server sends us
    private Optional<URI> get(CloseableHttpClient client, URI uri, boolean first, OutputStream to)
            throws IOException {
        var host = new HttpHost(uri.getScheme(), uri.getHost(), uri.getPort());
        var request = new HttpGet(URI.create(host.toURI() + target(uri)));
        if (first && uri.getUserInfo() != null) {
            var secret = uri.getUserInfo().getBytes(StandardCharsets.UTF_8);
            request.setHeader(
                    HttpHeaders.AUTHORIZATION,
                    "Basic " + Base64.getEncoder().encodeToString(secret));
        }
        try (var response = client.executeOpen(host, request, null)) {
            try {
                return taken(uri, response, to);
            } finally {
                // Else what is left of the answer would be read when it is closed.
                request.cancel();
            }
        }
    }

    private Optional<URI> taken(URI uri, ClassicHttpResponse response, OutputStream to)
            throws IOException {
        if (REDIRECTS.contains(response.getCode())) {
            return Optional.of(redirect(uri, response));
        }
        if (response.getCode() != OK || response.getEntity() == null) {
            throw new Unfetchable("the server answers " + response.getCode());
        }
        new Budget(limits.bytes(), 1).copy(response.getEntity().getContent(), to);
        return Optional.empty();
    }

    private static String target(URI uri) {
        var path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    }

    private static URI redirect(URI from, ClassicHttpResponse response) throws IOException {
        var location = response.getFirstHeader(HttpHeaders.LOCATION);
        try {
            var to = from.resolve(location == null ? "" : location.getValue());
            var scheme = String.valueOf(to.getScheme()).toLowerCase(Locale.ROOT);
            boolean http = scheme.equals("http") && from.getScheme().equalsIgnoreCase("http");
            if (to.getHost() == null || !(http || scheme.equals("https"))) {
                throw new Unfetchable(
                        "the server redirects to %s".formatted(Artifact.publicUri(to)));
            }
            return to;
        } catch (IllegalArgumentException e) {
            throw new Unfetchable("the server redirects to what is no URI");
        }
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        var allowed =
                Arrays.stream(InetAddress.getAllByName(host))
                        .filter(Destination::isAllowed)
                        .filter(address -> loopback || !address.isLoopbackAddress())
                        .toArray(InetAddress[]::new);
        if (allowed.length == 0) {
            throw new UnknownHostException(host + " has no allowed address");
        }
        wasLoopback = Arrays.stream(allowed).anyMatch(InetAddress::isLoopbackAddress);
        return allowed;
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }
}
