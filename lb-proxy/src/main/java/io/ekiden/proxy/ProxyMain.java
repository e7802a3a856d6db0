package io.ekiden.proxy;

import io.ekiden.process.Option;
import io.ekiden.process.Options;
import io.ekiden.process.ServiceProcess;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/// The load balancer as a process of its own; `--help` tells its options, [ServiceProcess] how it
/// ends.
public final class ProxyMain {
    private static final int MAX_THREADS = 1024;

    private static final Option PROXY_ID =
            Option.of("proxy-id", "its name as a member, no other's; proxy-HOSTNAME");
    private static final Option HOSTNAME =
            Option.of("hostname", "of the machine it runs on; what that calls itself");
    private static final Option LB_PORT = Option.of("lb-port", "9080", "HTTP by virtual host");
    private static final Option ADMIN_PORT = Option.of("admin-port", "9090", "its status");
    private static final Option THREADS =
            Option.of("proxy-threads", "0", "event loops; 0 is one for each core");

    private static final Option GROUP =
            Option.of(
                    "lb-group",
                    "*",
                    "routes apps of these HAPROXY_GROUPs only, a comma list; * all, and of none");

    private static final Option APP_ID_PORT =
            Option.of("app-id-port", "HTTP by the header X-Marathon-App-Id, such as 9091; none");

    private static final Option HTTPS_PORT =
            Option.of("https-port", "HTTPS by virtual host, such as 9443; none");
    private static final Option SSL_CERTS =
            Option.of(
                    "ssl-certs",
                    "directory of certificates, *.pem, each with its chain and its key; none");

    private static final List<Option> OPTIONS =
            List.of(
                    Option.BOOTSTRAP_SERVERS,
                    Option.TOPIC_PREFIX,
                    PROXY_ID,
                    HOSTNAME,
                    Option.BIND,
                    LB_PORT,
                    ADMIN_PORT,
                    Option.SERVICE_PORTS,
                    THREADS,
                    GROUP,
                    APP_ID_PORT,
                    HTTPS_PORT,
                    SSL_CERTS,
                    Option.INSECURE);

    private ProxyMain() {}

    public static void main(String[] args) {
        ServiceProcess.run("proxy", OPTIONS, args, options -> new Proxy(config(options)));
    }

    private record Proxy(ProxyServer server) implements ServiceProcess.Service {
        Proxy(ProxyConfig config) {
            this(new ProxyServer(config));
        }

        @Override
        public void start() {
            server.start().await();
        }

        @Override
        public void close() {
            server.close();
        }
    }

    static ProxyConfig config(Options options) {
        var host = options.find(HOSTNAME).orElseGet(ProxyMain::hostname);
        return new ProxyConfig(
                options.bootstrapServers(),
                options.topics(),
                options.find(PROXY_ID).orElse("proxy-" + host),
                host,
                options.bind(),
                options.port(LB_PORT),
                options.port(ADMIN_PORT),
                options.ports(Option.SERVICE_PORTS),
                options.number(THREADS, 0, MAX_THREADS),
                frontends(options),
                ProxyConfig.Timeouts.DEFAULT,
                options.kafka());
    }

    private static ProxyConfig.Frontends frontends(Options options) {
        return new ProxyConfig.Frontends(
                Set.copyOf(List.of(options.text(GROUP).split("\\s*,\\s*", -1))),
                optionalPort(options, APP_ID_PORT),
                optionalPort(options, HTTPS_PORT),
                options.find(SSL_CERTS).map(Path::of));
    }

    private static OptionalInt optionalPort(Options options, Option option) {
        return options.find(option).isPresent()
                ? OptionalInt.of(options.port(option))
                : OptionalInt.empty();
    }

    static List<Option> options() {
        return OPTIONS;
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
