package io.ekiden.gateway;

import io.ekiden.gateway.http.ApiServer;
import io.ekiden.gateway.log.ChangeWriter;
import io.ekiden.gateway.log.Follower;
import io.ekiden.gateway.log.LogPages;
import io.ekiden.gateway.log.ReadBarrier;
import io.ekiden.gateway.log.RefusalWriter;
import io.ekiden.gateway.secrets.MasterKeys;
import io.ekiden.gateway.secrets.SecretCourier;
import io.ekiden.gateway.secrets.SecretStore;
import io.ekiden.gateway.users.FileWatch;
import io.ekiden.gateway.users.Users;
import io.ekiden.gateway.webhooks.Webhooks;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    private final RefusalWriter audit;
    private final LogPages pages;
    private Optional<FileWatch> watch = Optional.empty();
    private Optional<SecretStore> secrets = Optional.empty();
    private Optional<SecretCourier> courier = Optional.empty();
    private Optional<Webhooks> webhooks = Optional.empty();
    private ApiServer server;

    public GatewayServer(GatewayConfig config) {
        this.config = config;
        var limits = config.limits();
        var kafka = config.clients();
        this.follower = new Follower(kafka, config.topics());
        this.barrier = new ReadBarrier(kafka, config.topics(), follower, limits.read());
        this.writer = new ChangeWriter(kafka, config.topics(), limits.write());
        this.audit = new RefusalWriter(kafka, config.topics());
        this.pages = new LogPages(kafka);
    }

    /// @throws IOException when the address cannot be bound, or is one at which nobody may serve
    ///   without asking who calls
    public void start() throws IOException {
        var address = InetAddress.getByName(config.host());
        var security = config.security();
        if (!address.isLoopbackAddress() && !security.isComplete() && !config.insecure()) {
            throw new IOException(
                    "%s is not loopback: give --token-file or --jwt-keys, and --tls-cert with --tls-key, or say --insecure to serve all the same"
                            .formatted(config.host()));
        }
        var users =
                Users.of(
                        security.tokenFile(),
                        security.jwt(),
                        security.ownToken(),
                        InstantSource.system());
        follower.listen(writer);
        var store = secrets();
        server = ApiServer.start(config, users, follower, barrier, writer, pages, store, audit);
        store.start();
        watch = watch(users);
        webhooks = Optional.of(webhooks());
        follower.start();
        webhooks.ifPresent(Webhooks::start);
        LOG.info("gateway=started host={} port={}", config.host(), port());
    }

    /// Where there is a key, tasks are brought what they want.
    private SecretStore secrets() throws IOException {
        var keys = Optional.<MasterKeys>empty();
        if (config.secretsKeyFile().isPresent()) {
            keys = Optional.of(MasterKeys.read(config.secretsKeyFile().get()));
        }
        var store =
                new SecretStore(config.clients(), config.topics(), keys, InstantSource.system());
        secrets = Optional.of(store);
        if (store.opens()) {
            courier = config.agentToken().map(token -> new SecretCourier(store, follower, token));
        }
        courier.ifPresent(follower::listen);
        return store;
    }

    private Webhooks webhooks() {
        return new Webhooks(
                config.clients(),
                config.topics(),
                follower,
                pages,
                InstantSource.system(),
                server.vertx());
    }

    private Optional<FileWatch> watch(Users users) {
        var security = config.security();
        var files = new ArrayList<Path>();
        security.tokenFile().ifPresent(files::add);
        security.jwt().ifPresent(jwt -> files.add(jwt.keys()));
        security.tls().ifPresent(tls -> files.addAll(List.of(tls.certificate(), tls.key())));
        return files.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        FileWatch.start(
                                files,
                                () -> {
                                    users.reload();
                                    server.reloadCertificate();
                                }));
    }

    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        watch.ifPresent(FileWatch::close);
        webhooks.ifPresent(Webhooks::close);
        if (server != null) {
            server.close();
        }
        courier.ifPresent(SecretCourier::close);
        secrets.ifPresent(SecretStore::close);
        writer.close();
        audit.close();
        pages.close();
        barrier.close();
        follower.close();
        LOG.info("gateway=stopped");
    }
}
