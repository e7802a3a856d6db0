package io.ekiden.proxy.dns;

import io.ekiden.model.PathId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/// The HTTP API of Mesos-DNS: what the names say, for clients that would rather read JSON. As
/// there, the answer to a name that nobody has is one entry without content.
public final class MesosDnsApi {
    private static final String PREFIX = "/v1/";
    private static final String HOSTS = PREFIX + "hosts/";
    private static final String SERVICES = PREFIX + "services/";

    private final Optional<DnsConfig> config;
    private final Zones zones;
    private final IntSupplier dnsPort;

    /// @param config empty when names are served by HTTP only
    /// @param dnsPort at which names are served; 0 for nowhere
    public MesosDnsApi(Optional<DnsConfig> config, Zones zones, IntSupplier dnsPort) {
        this.config = config;
        this.zones = zones;
        this.dnsPort = dnsPort;
    }

    /// @param path of the request, still encoded
    /// @return JSON; empty when the path is none of this API
    public Optional<String> answer(String path) {
        return switch (path) {
            case PREFIX + "version" -> Optional.of(version().encodePrettily());
            case PREFIX + "config" -> Optional.of(config().encodePrettily());
            case PREFIX + "enumerate" -> Optional.of(all().encodePrettily());
            default -> {
                if (path.startsWith(HOSTS)) {
                    yield named(path, HOSTS).map(name -> host(name).encodePrettily());
                }
                yield named(path, SERVICES).map(name -> service(name).encodePrettily());
            }
        };
    }

    private static Optional<String> named(String path, String prefix) {
        if (!path.startsWith(prefix)) {
            return Optional.empty();
        }
        try {
            var rest = path.substring(prefix.length());
            var name = URLDecoder.decode(rest, StandardCharsets.UTF_8);
            var absolute = name.endsWith(".") ? name : name + ".";
            return rest.contains("/")
                    ? Optional.empty()
                    : Optional.of(absolute.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static JsonObject version() {
        var version =
                Optional.ofNullable(MesosDnsApi.class.getPackage().getImplementationVersion());
        return new JsonObject()
                .put("Service", "Ekiden")
                .put("Version", version.orElse(""))
                .put("URL", "https://github.com/mesosphere/mesos-dns");
    }

    private JsonObject config() {
        var authority = new Resource.Authority(Names.MESOS);
        return new JsonObject()
                .put("TTL", config.map(DnsConfig::timeToLive).map(t -> t.toSeconds()).orElse(0L))
                .put("Port", dnsPort.getAsInt())
                .put("Domain", "mesos")
                .put("Listener", config.map(c -> c.listen().getFirst().getHostString()).orElse(""))
                .put("SOAMname", authority.server())
                .put("SOARname", authority.mailbox())
                .put("DnsOn", dnsPort.getAsInt() != 0)
                .put("HttpOn", true)
                .put("ExternalOn", false)
                .put("RecurseOn", false)
                .put("EnumerationOn", true);
    }

    private JsonArray host(String name) {
        var records = new JsonArray();
        addresses(name)
                .forEach(ip -> records.add(new JsonObject().put("host", name).put("ip", ip)));
        return records.isEmpty()
                ? records.add(new JsonObject().put("host", "").put("ip", ""))
                : records;
    }

    private JsonArray service(String name) {
        var records = new JsonArray();
        for (var resource : zones.current().resources(name)) {
            if (resource instanceof Resource.Service(_, var port, var target)) {
                addresses(target).forEach(ip -> records.add(service(name, target, ip, "" + port)));
            }
        }
        return records.isEmpty() ? records.add(service("", "", "", "")) : records;
    }

    private static JsonObject service(String name, String host, String ip, String port) {
        return new JsonObject()
                .put("service", name)
                .put("host", host)
                .put("ip", ip)
                .put("port", port);
    }

    private Stream<String> addresses(String name) {
        return zones.current().resources(name).stream()
                .filter(Resource.Address.class::isInstance)
                .map(MesosDnsApi::shown);
    }

    private JsonObject all() {
        var tasks = new JsonArray();
        for (var task : zones.current().tasks()) {
            var records = new JsonArray();
            for (var resource : task.resources()) {
                records.add(
                        new JsonObject()
                                .put("name", resource.owner())
                                .put("host", shown(resource))
                                .put("rtype", resource.type().name()));
            }
            tasks.add(
                    new JsonObject()
                            .put("name", taskName(task.app()))
                            .put("id", task.task().toString())
                            .put("records", records));
        }
        var marathon = new JsonObject().put("tasks", tasks).put("name", "marathon");
        return new JsonObject().put("frameworks", new JsonArray(List.of(marathon)));
    }

    /// As Marathon names its tasks to Mesos.
    private static String taskName(PathId app) {
        return String.join(".", app.segments().reversed());
    }

    private static String shown(Resource resource) {
        return switch (resource) {
            case Resource.Address(_, var address) -> address.getHostAddress();
            case Resource.Service(_, var port, var target) -> target + ":" + port;
            case Resource.Authority authority -> authority.server();
        };
    }
}
