package io.ekiden.gateway;

import io.ekiden.gateway.http.ApiServer;
import io.ekiden.gateway.log.ChangeWriter;
import io.ekiden.gateway.log.Follower;
import io.ekiden.gateway.log.ReadBarrier;
import java.io.IOException;
import java.net.InetAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One gateway: Marathon's REST API over a Kafka that has Ekiden's topics. Any number of them can
/// run side by side; they share nothing but the log.
///
/// [#start] returns when the port is bound, which may be before Kafka answers: until the log has
/// been read every request gets 503 and a reason.
public final class GatewayServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayServer.class);

    private final GatewayConfig config;
    private final Follower follower;
    private final ReadBarrier barrier;
    private final ChangeWriter writer;
    private ApiServer server;

    public GatewayServer(GatewayConfig config) {
        this.config = config;
        var limits = config.limits();
        var kafka = config.clients();
        this.follower = new Follower(kafka, config.topics());
        this.barrier = new ReadBarrier(kafka, config.topics(), follower, limits.read());
        this.writer = new ChangeWriter(kafka, config.topics(), limits.write());
    }

    /// @throws IOException when the address cannot be bound, or is one at which nobody may serve
    ///   without asking who calls
    public void start() throws IOException {
        var address = InetAddress.getByName(config.host());
        if (!address.isLoopbackAddress() && !config.insecure()) {
            throw new IOException(
                    "%s is not loopback, and this gateway does not ask who calls: add --insecure to serve all the same"
                            .formatted(config.host()));
        }
        follower.listen(writer);
        server = ApiServer.start(config, follower, barrier, writer);
        follower.start();
        LOG.info("gateway=started host={} port={}", config.host(), port());
    }

    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
        writer.close();
        barrier.close();
        follower.close();
        LOG.info("gateway=stopped");
    }
}
