package io.ekiden.standalone;

import io.ekiden.model.PortRange;
import io.ekiden.proxy.Networks;
import io.ekiden.proxy.ProxyConfig;
import io.ekiden.proxy.vip.AddressRange;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// The options of `ekiden up` that are the load balancer's.
final class LoadBalancerOptions {
    @Option(
            names = "--lb-port",
            paramLabel = "PORT",
            defaultValue = "9080",
            converter = Converters.ForPort.class,
            description = "HTTP by virtual host (default: ${DEFAULT-VALUE}).")
    private int lbPort;

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            defaultValue = "9090",
            converter = Converters.ForPort.class,
            description = "The load balancer's status (default: ${DEFAULT-VALUE}).")
    private int adminPort;

    @Option(
            names = "--dns-port",
            paramLabel = "PORT",
            defaultValue = "8053",
            converter = Converters.ForPort.class,
            description =
                    "Names of services, by DNS (default: ${DEFAULT-VALUE}, or none when somebody"
                            + " else has that).")
    private int dnsPort;

    @Option(
            names = "--container-dns",
            paramLabel = "ADDRESS",
            converter = Converters.ForAddress.class,
            description =
                    "An address of this machine that containers reach, such as Docker's bridge's"
                            + " 172.17.0.1: names are served there, too, at port 53, and containers"
                            + " ask there first (default: none).")
    private Optional<InetAddress> containerDns;

    @Option(
            names = "--virtual-addresses",
            paramLabel = "ADDRESS/BITS",
            defaultValue = "127.128.0.0/9",
            converter = Converters.ForAddressRange.class,
            description = "Local addresses for VIP labels (default: ${DEFAULT-VALUE}).")
    private AddressRange virtualAddresses;

    @Option(
            names = "--service-ports",
            paramLabel = "FROM-TO",
            defaultValue = "10000-10100",
            converter = Converters.ForRange.class,
            description = "Apps get their service ports from here (default: ${DEFAULT-VALUE}).")
    private PortRange servicePorts;

    @Option(
            names = "--https-port",
            paramLabel = "PORT",
            converter = Converters.ForPort.class,
            description =
                    "HTTPS by virtual host, such as 9443, with the certificates of --ssl-certs"
                            + " (default: none).")
    private Optional<Integer> httpsPort;

    @Option(
            names = "--ssl-certs",
            paramLabel = "DIR",
            description =
                    "Certificates of the load balancer, *.pem, each with its chain and its key"
                            + " (default: none).")
    private Optional<Path> sslCerts;

    @Option(
            names = "--app-id-port",
            paramLabel = "PORT",
            converter = Converters.ForPort.class,
            description = "HTTP by the header X-Marathon-App-Id, such as 9091 (default: none).")
    private Optional<Integer> appIdPort;

    @Option(
            names = "--lb-group",
            paramLabel = "GROUPS",
            defaultValue = "*",
            description =
                    "Route apps of these HAPROXY_GROUPs only, a comma list; * is all, and those of"
                            + " none (default: ${DEFAULT-VALUE}).")
    private String group;

    @Option(
            names = "--proxy-protocol-from",
            paramLabel = "NETWORKS",
            converter = Converters.ForNetworks.class,
            description =
                    "Addresses whose connections begin with a PROXY header, such as 10.1.0.0/16, a"
                            + " comma list (default: none).")
    private Optional<Networks> proxies;

    @Option(
            names = "--access-log",
            description = "Log each HTTP request of the load balancer to DATA-DIR/log/access.log.")
    private boolean accessLog;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /// Without that of names, of which is decided later.
    Ports ports(int api, int kafka) {
        return new Ports(api, lbPort, adminPort, OptionalInt.empty(), kafka, servicePorts);
    }

    ProxyConfig.Frontends frontends() throws CommandFailure {
        if (httpsPort.isPresent() && sslCerts.isEmpty()) {
            throw CommandFailure.usage("--https-port needs --ssl-certs");
        }
        if (sslCerts.filter(directory -> !Files.isDirectory(directory)).isPresent()) {
            throw CommandFailure.usage("--ssl-certs %s is no directory".formatted(sslCerts.get()));
        }
        return new ProxyConfig.Frontends(
                Set.copyOf(List.of(group.split("\\s*,\\s*", -1))),
                number(appIdPort),
                number(httpsPort),
                sslCerts,
                proxies.orElse(Networks.NONE),
                accessLog);
    }

    Standalone.Discovery discovery() {
        return new Standalone.Discovery(containerDns, virtualAddresses);
    }

    private static OptionalInt number(Optional<Integer> value) {
        return value.map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    /// Looks for ports that somebody else has, before anything is started.
    void requireFree(String bind) throws CommandFailure {
        Ports.requireFree(bind, number(httpsPort), "--https-port");
        Ports.requireFree(bind, number(appIdPort), "--app-id-port");
        var address = containerDns.map(InetAddress::getHostAddress);
        if (address.isPresent() && !Ports.isFreeForDns(address.get(), Standalone.DNS_PORT)) {
            throw CommandFailure.portBusy(
                    "port %d cannot be had on %s (--container-dns)"
                            .formatted(Standalone.DNS_PORT, address.get()));
        }
    }

    /// Where names are served. The usual port may well be another name server's, which is no reason
    /// not to start.
    OptionalInt dnsPort(String bind, Terminal terminal) throws CommandFailure {
        if (Ports.isFreeForDns(bind, dnsPort)) {
            return OptionalInt.of(dnsPort);
        }
        if (command.commandLine().getParseResult().hasMatchedOption("--dns-port")) {
            throw CommandFailure.portBusy(
                    "port %d (--dns-port) cannot be had on %s; name another, or 0 for any free one"
                            .formatted(dnsPort, bind));
        }
        terminal.say(
                "port %d cannot be had on %s: names of services are not served; --dns-port names another"
                        .formatted(dnsPort, bind));
        return OptionalInt.empty();
    }
}
