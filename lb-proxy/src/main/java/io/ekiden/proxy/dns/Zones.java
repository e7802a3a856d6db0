package io.ekiden.proxy.dns;

import io.ekiden.model.Endpoint;
import io.ekiden.model.PathId;
import io.ekiden.proxy.vip.AddressRange;
import io.ekiden.proxy.vip.VipTable;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/// The zone of the endpoints in force, made when somebody asks after they have changed. Endpoints
/// that are swapped a hundred times between two questions make one zone.
public final class Zones {
    private final Supplier<SortedMap<String, Endpoint>> endpoints;
    private final AddressRange virtualAddresses;
    private volatile Made made = new Made(new TreeMap<>(), Zone.EMPTY);

    /// Why something is not known by name.
    public record Problem(PathId runSpecId, String reason) {}

    private record Made(SortedMap<String, Endpoint> from, Zone zone) {}

    /// @param endpoints those in force: another map whenever one has changed
    /// @param virtualAddresses for what has a `VIP_n` label
    public Zones(Supplier<SortedMap<String, Endpoint>> endpoints, AddressRange virtualAddresses) {
        this.endpoints = endpoints;
        this.virtualAddresses = virtualAddresses;
    }

    public List<Problem> problems() {
        return current().problems();
    }

    // Tables are swapped whole: it is another one, or nothing has changed.
    @SuppressWarnings("ReferenceEquality")
    Zone current() {
        var now = endpoints.get();
        var last = made;
        if (last.from != now) {
            var names = VipTable.of(now.values(), virtualAddresses).names();
            last = new Made(now, Zone.of(now.values(), names));
            made = last;
        }
        return last.zone;
    }
}
