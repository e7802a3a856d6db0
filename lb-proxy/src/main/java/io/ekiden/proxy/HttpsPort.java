package io.ekiden.proxy;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The listener for HTTPS by virtual host. It opens as soon as there is a certificate; a proxy
/// without one serves all the rest, and shows that.
final class HttpsPort {
    private static final Logger LOG = LoggerFactory.getLogger(HttpsPort.class);

    private final ProxyConfig config;
    private final List<Lane> lanes;
    private final Certificates certificates;
    private volatile OptionalInt port = OptionalInt.empty();
    private volatile String problem = "no usable certificate";

    HttpsPort(ProxyConfig config, List<Lane> lanes, Certificates certificates) {
        this.config = config;
        this.lanes = lanes;
        this.certificates = certificates;
    }

    /// The actual port, once open.
    OptionalInt port() {
        return port;
    }

    /// Why it is not open though it was asked for.
    Optional<String> problem() {
        return config.frontends().httpsPort().isPresent() && port.isEmpty()
                ? Optional.of(problem)
                : Optional.empty();
    }

    /// Opens it, or has it use the certificates of now.
    Future<Void> renew() {
        var wanted = config.frontends().httpsPort();
        var tls = certificates.all();
        if (wanted.isEmpty() || tls.isEmpty()) {
            return Future.succeededFuture();
        }
        if (port.isPresent()) {
            int open = port.getAsInt();
            return Future.join(lanes.stream().map(lane -> lane.renew(open, tls.get())).toList())
                    .mapEmpty();
        }
        return Lane.listen(
                        lanes,
                        config.bindAddress(),
                        wanted.getAsInt(),
                        new Frontend.VirtualHosts(),
                        tls)
                .onSuccess(bound -> {
                    port = OptionalInt.of(bound);
                    LOG.info("httpsPort={} open", bound);
                })
                .onFailure(e -> {
                    problem = "cannot listen: " + Texts.reason(e);
                    LOG.warn("httpsPort={} not offered reason={}", wanted, Texts.reason(e));
                })
                .mapEmpty();
    }
}
