package io.ekiden.proxy.vip;

import io.ekiden.model.Endpoint;
import io.ekiden.model.PathId;
import io.ekiden.proxy.Texts;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The virtual addresses that the labels of endpoints ask for, immutable.
///
/// A name's local address comes from its hash, so that it is the same on every proxy and after
/// every restart; of two names that would share one, the later by alphabet goes on to its next
/// hash. Several apps may stand behind one virtual address, as with DC/OS: that is how one replaces
/// another. A label that makes no sense is a problem to be shown and has no other effect.
public final class VipTable {
    /// Beyond this many nothing more is served.
    private static final int MAX = 4096;

    private static final String DOMAIN = ".l4lb.thisdcos.directory.";
    private static final String PREFIX = "VIP_";
    private static final Pattern LABEL = Pattern.compile("VIP_[0-9]+", Pattern.CASE_INSENSITIVE);

    private final SortedMap<Vip, List<Endpoint>> endpoints;
    private final Map<String, InetAddress> addresses;
    private final List<Problem> problems;

    /// Why something that a label asks for is not done.
    public record Problem(PathId runSpecId, String reason) {}

    private VipTable(
            SortedMap<Vip, List<Endpoint>> endpoints,
            Map<String, InetAddress> addresses,
            List<Problem> problems) {
        this.endpoints = endpoints;
        this.addresses = addresses;
        this.problems = problems;
    }

    public static VipTable of(Collection<Endpoint> endpoints, AddressRange range) {
        var vips = new TreeMap<Vip, List<Endpoint>>();
        var problems = new LinkedHashSet<Problem>();
        for (var endpoint : endpoints) {
            for (var label : endpoint.labels().entrySet()) {
                if (isVip(label.getKey())) {
                    add(endpoint, label.getValue(), range, vips)
                            .map(why -> label.getKey() + ": " + why)
                            .map(why -> new Problem(endpoint.runSpecId(), why))
                            .ifPresent(problems::add);
                }
            }
        }
        return new VipTable(vips, addresses(vips.keySet(), range), List.copyOf(problems));
    }

    private static boolean isVip(String label) {
        return label.regionMatches(/* ignoreCase= */ true, 0, PREFIX, 0, PREFIX.length())
                && LABEL.matcher(label).matches();
    }

    /// What is wrong with it, if it could not be added.
    private static Optional<String> add(
            Endpoint endpoint,
            String value,
            AddressRange range,
            SortedMap<Vip, List<Endpoint>> vips) {
        var parsed = Vip.parse(value);
        if (parsed.isEmpty()) {
            return Optional.of(
                    "'%s' is neither /NAME:PORT nor ADDRESS:PORT"
                            .formatted(Texts.printable(value)));
        }
        if (!endpoint.protocol().contains("tcp")) {
            return Optional.of("the port is udp, which is not balanced");
        }
        var vip = parsed.get();
        if (!vip.isName() && !range.contains(InetAddress.ofLiteral(vip.host()))) {
            return Optional.of("%s is not among the addresses served here".formatted(vip.host()));
        }
        int most = Math.min(MAX, range.capacity());
        if (vips.size() >= most && !vips.containsKey(vip)) {
            return Optional.of("more than %d virtual addresses are not served".formatted(most));
        }
        var its = vips.computeIfAbsent(vip, _ -> new ArrayList<>());
        // Two labels of one port may say the same.
        if (its.isEmpty() || !its.getLast().equals(endpoint)) {
            its.add(endpoint);
        }
        return Optional.empty();
    }

    /// Those that are named by themselves first: they cannot go elsewhere.
    private static Map<String, InetAddress> addresses(Set<Vip> vips, AddressRange range) {
        var addresses = new TreeMap<String, InetAddress>();
        var names = new TreeSet<String>();
        for (var vip : vips) {
            if (vip.isName()) {
                names.add(vip.host());
            } else {
                addresses.put(vip.host(), InetAddress.ofLiteral(vip.host()));
            }
        }
        var taken = new HashSet<>(addresses.values());
        for (var name : names) {
            int attempt = 0;
            var address = range.pick(hash(name, attempt));
            while (!taken.add(address)) {
                attempt++;
                address = range.pick(hash(name, attempt));
            }
            addresses.put(name, address);
        }
        return addresses;
    }

    private static int hash(String name, int attempt) {
        try {
            var digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest((name + "#" + attempt).getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getInt();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// What stands behind each, those that drain included.
    public SortedMap<Vip, List<Endpoint>> endpoints() {
        return endpoints;
    }

    /// Where one of the table's is served.
    public InetAddress address(Vip vip) {
        return addresses.get(vip.host());
    }

    /// What DNS calls them. A name with a dot may have its scheduler in it, as with DC/OS.
    public SortedMap<String, InetAddress> names() {
        var names = new TreeMap<String, InetAddress>();
        for (var vip : endpoints.keySet()) {
            if (vip.isName()) {
                names.put(vip.host() + ".marathon" + DOMAIN, address(vip));
                if (vip.host().contains(".")) {
                    names.put(vip.host() + DOMAIN, address(vip));
                }
            }
        }
        return names;
    }

    public List<Problem> problems() {
        return problems;
    }
}
