package io.ekiden.proxy.dns;

import io.ekiden.model.Endpoint;
import io.ekiden.model.PathId;
import io.ekiden.model.TaskId;
import io.ekiden.proxy.dns.Zones.Problem;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// All that is known by name, immutable. Only what is ready has an address; an app whose endpoints
/// all drain has a name without one. A name that several apps would have belongs to the first of
/// them by id, as virtual hosts do.
final class Zone {
    static final Zone EMPTY = of(List.of(), Map.of());

    private static final DnsRecordType IXFR = DnsRecordType.valueOf(251);

    private final Map<String, Set<Resource>> resources;
    private final List<TaskNames> tasks;
    private final List<Problem> problems;

    private Zone(
            Map<String, Set<Resource>> resources, List<TaskNames> tasks, List<Problem> problems) {
        this.resources = resources;
        this.tasks = List.copyOf(tasks);
        this.problems = List.copyOf(problems);
    }

    /// @param virtual addresses that have a name of their own
    static Zone of(Collection<Endpoint> endpoints, Map<String, InetAddress> virtual) {
        var draft = new Draft();
        draft.addAll(endpoints);
        virtual.forEach(
                (name, address) -> draft.know(name).add(new Resource.Address(name, address)));
        return new Zone(draft.resources, draft.tasks, draft.problems);
    }

    /// @param name in any case, with the final dot
    /// @param turn which of several answers comes first
    Reply answer(String name, DnsRecordType type, int turn) {
        var key = name.toLowerCase(Locale.ROOT);
        var zone = Names.zone(key);
        if (zone.isEmpty() || type.equals(DnsRecordType.AXFR) || type.equals(IXFR)) {
            return Reply.refusal(DnsResponseCode.REFUSED);
        }
        var authority = new Resource.Authority(zone.get());
        if (key.equals(zone.get()) && type.equals(DnsRecordType.SOA)) {
            return Reply.of(List.of(authority.ownedBy(name)), List.of());
        }
        var known = resources.get(key);
        if (known == null) {
            return Reply.nothing(DnsResponseCode.NXDOMAIN, authority);
        }
        var answers = chosen(known, type).stream().map(r -> r.ownedBy(name)).toList();
        return answers.isEmpty()
                ? Reply.nothing(DnsResponseCode.NOERROR, authority)
                : Reply.of(rotated(answers, turn), targets(answers));
    }

    /// Of a name in lower case, with the final dot.
    List<Resource> resources(String name) {
        return List.copyOf(resources.getOrDefault(name, Set.of()));
    }

    List<TaskNames> tasks() {
        return tasks;
    }

    List<Problem> problems() {
        return problems;
    }

    /// Whoever asks for ANY is given those of one type, which is allowed and does not make a small
    /// question a large answer.
    private static List<Resource> chosen(Set<Resource> known, DnsRecordType type) {
        var wanted =
                type.equals(DnsRecordType.ANY)
                        ? known.stream().findFirst().map(Resource::type).orElse(type)
                        : type;
        return known.stream().filter(r -> r.type().equals(wanted)).toList();
    }

    private List<Resource> targets(List<Resource> answers) {
        var addresses = new LinkedHashSet<Resource>();
        for (var answer : answers) {
            if (answer instanceof Resource.Service service) {
                addresses.addAll(resources.getOrDefault(service.target(), Set.of()));
            }
        }
        return List.copyOf(addresses);
    }

    private static List<Resource> rotated(List<Resource> answers, int turn) {
        var rotated = new ArrayList<Resource>(answers);
        Collections.rotate(rotated, -Math.floorMod(turn, rotated.size()));
        return rotated;
    }

    /// A zone in the making.
    private static final class Draft {
        private final Map<String, Set<Resource>> resources = new HashMap<>();
        private final List<TaskNames> tasks = new ArrayList<>();
        private final List<Problem> problems = new ArrayList<>();

        void addAll(Collection<Endpoint> endpoints) {
            know(Names.MESOS);
            know(Names.DIRECTORY);
            var apps = new TreeMap<PathId, List<Endpoint>>();
            endpoints.forEach(
                    e -> apps.computeIfAbsent(e.runSpecId(), _ -> new ArrayList<>()).add(e));
            var owners = new HashMap<String, PathId>();
            apps.forEach((app, its) -> {
                var name = Names.app(app);
                var owner = owners.putIfAbsent(name, app);
                if (name.isEmpty()) {
                    problems.add(new Problem(app, "nothing of the id can stand in a name"));
                } else if (owner != null) {
                    problems.add(new Problem(app, "name " + name + " belongs to " + owner));
                } else {
                    add(app, its);
                }
            });
        }

        private void add(PathId app, List<Endpoint> endpoints) {
            know(Names.app(app) + "." + Names.MARATHON);
            var ready = new TreeMap<TaskId, List<Endpoint>>();
            for (var endpoint : endpoints) {
                if (Addresses.literal(endpoint.host()).isEmpty()) {
                    problems.add(
                            new Problem(
                                    app,
                                    "%s is at %s, which is no IP address"
                                            .formatted(endpoint.taskId(), endpoint.host())));
                } else if (endpoint.state() == Endpoint.State.READY) {
                    ready.computeIfAbsent(endpoint.taskId(), _ -> new ArrayList<>()).add(endpoint);
                }
            }
            ready.forEach((task, ports) -> add(new TaskNames(app, task, ports)));
        }

        private void add(TaskNames task) {
            tasks.add(task);
            for (var resource : task.resources()) {
                know(resource.owner()).add(resource);
            }
        }

        /// A name exists, and so do those that it lies below.
        private Set<Resource> know(String name) {
            var known = resources.get(name);
            if (known == null) {
                known = new LinkedHashSet<>();
                resources.put(name, known);
                if (!name.equals(Names.MESOS) && !name.equals(Names.DIRECTORY)) {
                    know(name.substring(name.indexOf('.') + 1));
                }
            }
            return known;
        }
    }
}
