package io.ekiden.proxy;

import io.ekiden.process.Option;
import io.ekiden.process.Options;
import io.ekiden.process.ServiceProcess;
import io.ekiden.proxy.dns.DnsConfig;
import io.ekiden.proxy.vip.AddressRange;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// The load balancer as a process of its own; `--help` tells its options, [ServiceProcess] how it
/// ends.
public final class ProxyMain {
    private static final int MAX_THREADS = 1024;
    private static final int MAX_DNS_TTL = 3600;

    private static final Option PROXY_ID =
            Option.of("proxy-id", "its name as a member, no other's; proxy-HOSTNAME");
    private static final Option HOSTNAME =
            Option.of("hostname", "of the machine it runs on; what that calls itself");
    private static final Option LB_PORT = Option.of("lb-port", "9080", "HTTP by virtual host");
    private static final Option ADMIN_PORT = Option.of("admin-port", "9090", "its status");
    private static final Option VIRTUAL_ADDRESSES =
            Option.of(
                    "virtual-addresses",
                    AddressRange.LOOPBACK.toString(),
                    "local addresses for VIP labels, ADDRESS/BITS");
    private static final Option DNS_LISTEN =
            Option.of("dns-listen", "ADDRESS:PORT,... for names of services; without it, none");
    private static final Option DNS_TTL =
            Option.of(
                    "dns-ttl",
                    Long.toString(DnsConfig.TIME_TO_LIVE.toSeconds()),
                    "seconds for which a name may be remembered");
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

    private static final Option PROXY_PROTOCOL_FROM =
            Option.of(
                    "proxy-protocol-from",
                    "addresses whose connections begin with a PROXY header, such as 10.1.0.0/16, a comma list; none");

    private static final Option ACCESS_LOG =
            new Option(
                    "access-log", Optional.of("false"), true, "log a line for each HTTP request");

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
                    VIRTUAL_ADDRESSES,
                    DNS_LISTEN,
                    DNS_TTL,
                    THREADS,
                    GROUP,
                    APP_ID_PORT,
                    HTTPS_PORT,
                    SSL_CERTS,
                    PROXY_PROTOCOL_FROM,
                    ACCESS_LOG,
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
                virtualAddresses(options),
                dns(options),
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
                options.find(SSL_CERTS).map(Path::of),
                options.find(PROXY_PROTOCOL_FROM).map(ProxyMain::networks).orElse(Networks.NONE),
                options.isSet(ACCESS_LOG));
    }

    private static Networks networks(String value) {
        try {
            return Networks.of(List.of(value.split("\\s*,\\s*", -1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "option '--proxy-protocol-from' is no list such as 10.1.0.0/16,192.168.7.9: '%s'"
                            .formatted(value),
                    e);
        }
    }

    private static OptionalInt optionalPort(Options options, Option option) {
        return options.find(option).isPresent()
                ? OptionalInt.of(options.port(option))
                : OptionalInt.empty();
    }

    private static AddressRange virtualAddresses(Options options) {
        var value = options.text(VIRTUAL_ADDRESSES);
        var range =
                AddressRange.parse(value)
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "option '--virtual-addresses' is no range such as %s: '%s'"
                                                .formatted(AddressRange.LOOPBACK, value)));
        if (!range.isLoopback() && !options.isSet(Option.INSECURE)) {
            throw new IllegalArgumentException(
                    "%s is not loopback, and nobody is asked who calls: add --insecure to listen there all the same"
                            .formatted(range));
        }
        return range;
    }

    private static Optional<DnsConfig> dns(Options options) {
        var timeToLive = Duration.ofSeconds(options.number(DNS_TTL, 0, MAX_DNS_TTL));
        var listen = options.listen(DNS_LISTEN);
        return listen.isEmpty() ? Optional.empty() : Optional.of(new DnsConfig(listen, timeToLive));
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
