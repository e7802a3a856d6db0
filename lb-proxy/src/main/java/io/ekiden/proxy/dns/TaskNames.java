package io.ekiden.proxy.dns;

import io.ekiden.model.Endpoint;
import io.ekiden.model.PathId;
import io.ekiden.model.TaskId;
import java.util.ArrayList;
import java.util.List;

/// The names of one task that is ready, those that it shares with its app's other tasks included:
/// Mesos-DNS's for addresses and services, DC/OS's for addresses. Containers are reached at their
/// agent, so all addresses are the agent's.
record TaskNames(PathId app, TaskId task, List<Endpoint> ports) {
    TaskNames {
        ports = List.copyOf(ports);
    }

    List<Resource> resources() {
        var resources = new ArrayList<Resource>();
        addAddresses(resources);
        ports.forEach(port -> addServices(port, resources));
        return resources;
    }

    private void addAddresses(List<Resource> resources) {
        var shared = Names.app(app) + ".";
        var own = Names.task(app, task) + ".";
        var hosts = ports.stream().map(Endpoint::host).distinct();
        hosts.flatMap(host -> Addresses.literal(host).stream())
                .forEach(address -> {
                    for (var suffix : List.of(Names.MARATHON, Names.MARATHON_AGENT)) {
                        resources.add(new Resource.Address(shared + suffix, address));
                        resources.add(new Resource.Address(own + suffix, address));
                    }
                    for (var suffix : Names.MARATHON_DCOS) {
                        resources.add(new Resource.Address(shared + suffix, address));
                    }
                });
    }

    private void addServices(Endpoint port, List<Resource> resources) {
        var own = Names.task(app, task) + ".";
        for (var protocol : port.protocol().split(",", -1)) {
            var service = Names.service(app) + "._" + protocol + ".";
            for (var suffix : List.of(Names.MARATHON, Names.MARATHON_AGENT)) {
                resources.add(new Resource.Service(service + suffix, port.port(), own + suffix));
            }
            port.portName()
                    .flatMap(Names::service)
                    .map(label -> label + "." + service + Names.MARATHON)
                    .ifPresent(named ->
                            resources.add(
                                    new Resource.Service(
                                            named, port.port(), own + Names.MARATHON)));
        }
    }
}
