package io.ekiden.proxy;

import io.ekiden.model.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// What the labels of an endpoint say about its port: marathon-lb's `HAPROXY_{n}_VHOST` (a comma
/// list of host names) and `HAPROXY_{n}_MODE` (`http`, the default, or `tcp`), n being the port's
/// index. A label that makes no sense is a problem to be shown and has no other effect.
record PortLabels(List<String> hosts, Mode mode, List<String> problems) {
    /// How connections to a service port are taken: as HTTP requests or as they are.
    enum Mode {
        HTTP,
        TCP
    }

    private static final int MAX_HOST_LENGTH = 253;
    private static final Pattern HOST =
            Pattern.compile(
                    "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*");

    static String vhostLabel(int portIndex) {
        return "HAPROXY_" + portIndex + "_VHOST";
    }

    static String modeLabel(int portIndex) {
        return "HAPROXY_" + portIndex + "_MODE";
    }

    static PortLabels of(Endpoint endpoint) {
        var problems = new ArrayList<String>();
        var hosts = hosts(endpoint, problems);
        var mode = mode(endpoint, problems);
        return new PortLabels(hosts, mode, List.copyOf(problems));
    }

    /// The form in which host names are compared: lower case, without a port or a final dot.
    static String normalHost(String host) {
        int end = host.length();
        int colon = host.lastIndexOf(':');
        if (colon >= 0 && host.indexOf(']', colon) < 0) {
            end = colon;
        }
        if (end > 0 && host.charAt(end - 1) == '.') {
            end--;
        }
        return host.substring(0, end).toLowerCase(Locale.ROOT);
    }

    private static List<String> hosts(Endpoint endpoint, List<String> problems) {
        var label = vhostLabel(endpoint.portIndex());
        var value = endpoint.labels().get(label);
        if (value == null) {
            return List.of();
        }
        var hosts = new TreeSet<String>();
        for (var raw : value.split(",", -1)) {
            var host = raw.strip().toLowerCase(Locale.ROOT);
            if (host.length() <= MAX_HOST_LENGTH && HOST.matcher(host).matches()) {
                hosts.add(host);
            } else {
                problems.add(label + ": '" + Texts.printable(raw) + "' is not a host name");
            }
        }
        return List.copyOf(hosts);
    }

    private static Mode mode(Endpoint endpoint, List<String> problems) {
        var label = modeLabel(endpoint.portIndex());
        var value = endpoint.labels().getOrDefault(label, "http").strip();
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "http" -> Mode.HTTP;
            case "tcp" -> Mode.TCP;
            default -> {
                problems.add(
                        label
                                + ": '"
                                + Texts.printable(value)
                                + "' is neither http nor tcp; it is taken as http");
                yield Mode.HTTP;
            }
        };
    }
}
