package io.ekiden.simulator.world;

import io.ekiden.log.AgentReport;
import io.ekiden.log.Heartbeat;
import io.ekiden.log.MemberKind;
import io.ekiden.model.Endpoint;
import io.ekiden.simulator.Timeline;
import io.ekiden.simulator.check.Live;
import io.ekiden.simulator.check.Request;
import io.ekiden.simulator.log.Slot;
import io.ekiden.simulator.log.Tail;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A load balancer: follows the endpoints, gives them work, gives a draining one nothing new and
/// says when nothing is in flight there.
public final class SimProxy {
    private static final long BEAT = 2 * Timeline.SECOND;
    private static final long AWAY = 10 * Timeline.SECOND;
    private static final long LONGEST_ABSENCE = 30 * Timeline.SECOND;
    private static final int NEXT_REQUEST_MICROS = 3_000_000;
    private static final int REQUEST_MICROS = 2_500_000;
    private static final int LONG_REQUEST_MICROS = 25_000_000;
    private static final int RESTART_MICROS = 6_000_000;

    private final World world;
    private final String id;
    private final Node node;
    private final TreeMap<String, Endpoint> table = new TreeMap<>();
    private final TreeMap<String, AgentReport.Drain> draining = new TreeMap<>();
    private final List<Request> inFlight = new ArrayList<>();
    private Optional<Sender> sender = Optional.empty();
    private Optional<Tail> tail = Optional.empty();
    private long life;
    private boolean up;
    private boolean loaded;
    private long lastAck;
    private long lastContact;

    SimProxy(World world, String id) {
        this.world = world;
        this.id = id;
        this.node = world.node(id);
    }

    public String id() {
        return id;
    }

    public Node node() {
        return node;
    }

    public boolean up() {
        return up;
    }

    public boolean caughtUp() {
        return tail.filter(Tail::caughtUp).isPresent();
    }

    public SortedMap<String, Endpoint> table() {
        return Collections.unmodifiableSortedMap(table);
    }

    public void start() {
        if (up) {
            return;
        }
        up = true;
        long mine = ++life;
        sender = Optional.of(new Sender(world, node));
        world.event(id, "starts life " + mine);
        node.whenRead(() -> {
            if (life == mine) {
                load(mine);
            }
        });
    }

    /// Reads the whole topic before it serves anybody, then joins.
    private void load(long mine) {
        var endpoints = world.log().endpoints();
        endpoints.committed().forEach(this::change);
        loaded = true;
        tail = Optional.of(follow());
        lastAck = world.now();
        lastContact = world.now();
        join();
        settleDrains();
        beat(mine);
        work(mine);
    }

    private void change(Slot slot) {
        if (slot.value().isPresent()) {
            table.put(slot.key(), world.wire().read(Endpoint.class, slot.value().get()));
        } else {
            table.remove(slot.key());
        }
        if (loaded) {
            settleDrains();
        }
    }

    private void settleDrains() {
        draining.keySet().removeIf(key -> !drains(key));
        for (var key : List.copyOf(table.keySet())) {
            if (drains(key) && !draining.containsKey(key)) {
                report(key, AgentReport.Drain.STOPPED);
                idle(key);
            }
        }
    }

    private boolean drains(String key) {
        var endpoint = table.get(key);
        return endpoint != null && endpoint.state() == Endpoint.State.DRAINING;
    }

    private void idle(String key) {
        boolean nothing =
                inFlight.stream().noneMatch(request -> request.endpoint().key().equals(key));
        if (draining.get(key) == AgentReport.Drain.STOPPED && nothing) {
            report(key, AgentReport.Drain.IDLE);
        }
    }

    private void report(String key, AgentReport.Drain drain) {
        draining.put(key, drain);
        var endpoint = table.get(key);
        say(new AgentReport.EndpointDrained(id, endpoint.taskId(), endpoint.portIndex(), drain));
    }

    private void join() {
        say(new AgentReport.ProxyJoined(id, id + "-" + life, "host-" + id));
    }

    /// Kept until the log has it.
    private void say(AgentReport report) {
        long mine = life;
        world.event(id, "reports " + Describe.report(report));
        sender.ifPresent(to ->
                to.send(
                        world.log().agentReports(),
                        id,
                        world.wire().pack(AgentReport.class, report),
                        delivered -> {
                            if (life == mine && delivered) {
                                acknowledged();
                            } else if (life == mine) {
                                say(report);
                            }
                        }));
    }

    private void acknowledged() {
        boolean wasAway = world.now() - lastAck > AWAY;
        lastAck = world.now();
        if (wasAway) {
            join();
            draining.forEach((key, drain) -> {
                var endpoint = table.get(key);
                say(
                        new AgentReport.EndpointDrained(
                                id, endpoint.taskId(), endpoint.portIndex(), drain));
            });
        }
    }

    private void beat(long mine) {
        if (life != mine || !up) {
            return;
        }
        world.after(BEAT, () -> beat(mine));
        contact();
        sender.ifPresent(to ->
                to.send(
                        world.log().heartbeats(),
                        id,
                        world.wire().pack(Heartbeat.class, new Heartbeat(MemberKind.PROXY, id, 0)),
                        delivered -> {
                            if (life == mine && delivered) {
                                acknowledged();
                            }
                        }));
    }

    /// After so long an absence that tombstones may be gone it reads the topic again; an empty one
    /// takes nothing away.
    private void contact() {
        if (!node.readable()) {
            return;
        }
        boolean tooLong = world.now() - lastContact > LONGEST_ABSENCE;
        lastContact = world.now();
        if (tooLong) {
            readAgain();
        }
    }

    private void readAgain() {
        var there = world.log().endpoints().committed();
        if (!there.isEmpty()) {
            tail.ifPresent(Tail::close);
            table.clear();
            loaded = false;
            there.forEach(this::change);
            loaded = true;
            tail = Optional.of(follow());
            settleDrains();
        }
    }

    private Tail follow() {
        var endpoints = world.log().endpoints();
        return new Tail(endpoints, endpoints.stable(), 100, node, this::change);
    }

    private void work(long mine) {
        if (life != mine || !up) {
            return;
        }
        world.after(
                10 * Timeline.MILLI + world.choose("request." + id, NEXT_REQUEST_MICROS),
                () -> work(mine));
        var ready =
                table.values().stream()
                        .filter(endpoint -> endpoint.state() == Endpoint.State.READY)
                        .toList();
        if (ready.isEmpty()) {
            return;
        }
        var endpoint = ready.get(world.choose("request.to." + id, ready.size()));
        var request =
                new Request(
                        id,
                        mine,
                        endpoint,
                        reached(endpoint),
                        world.now(),
                        node.currentSince() == Long.MAX_VALUE
                                ? Long.MAX_VALUE
                                : node.currentSince() + node.lagMicros());
        world.evidence().requestBegan(request);
        if (request.reached().isEmpty()) {
            world.evidence().requestEnded(request);
            return;
        }
        inFlight.add(request);
        boolean lasting = world.choose("request.lasting." + id, 20) == 19;
        long takes =
                1L
                        + world.choose(
                                "request.takes." + id,
                                lasting ? LONG_REQUEST_MICROS : REQUEST_MICROS);
        world.after(takes, () -> finished(request));
    }

    /// The task that really listens at the endpoint's address.
    private Optional<io.ekiden.model.TaskId> reached(Endpoint endpoint) {
        var host = endpoint.host();
        var agentId = "a" + host.substring(host.lastIndexOf('.') + 1);
        var listening =
                world.evidence().liveOn(agentId).stream()
                        .filter(live -> live.ports().contains(endpoint.port()))
                        .map(Live::taskId)
                        .toList();
        return listening.contains(endpoint.taskId())
                ? Optional.of(endpoint.taskId())
                : listening.stream().findFirst();
    }

    private void finished(Request request) {
        world.evidence().requestEnded(request);
        if (inFlight.remove(request)) {
            idle(request.endpoint().key());
        }
    }

    public void crash() {
        stop("is killed");
        world.after(
                100 * Timeline.MILLI + world.choose("restart." + id, RESTART_MICROS), this::start);
    }

    private void stop(String why) {
        up = false;
        life++;
        loaded = false;
        tail.ifPresent(Tail::close);
        tail = Optional.empty();
        sender.ifPresent(Sender::close);
        inFlight.forEach(world.evidence()::requestEnded);
        inFlight.clear();
        table.clear();
        draining.clear();
        world.event(id, why);
    }

    /// Takes nothing new, finishes what it has, says good-bye.
    public void leave() {
        if (!up) {
            return;
        }
        var last = sender;
        long mine = life;
        say(new AgentReport.ProxyLeaving(id));
        world.after(
                2 * Timeline.SECOND,
                () -> {
                    if (life == mine) {
                        stop("has left");
                        last.ifPresent(Sender::close);
                        world.after(5 * Timeline.SECOND, this::start);
                    }
                });
    }
}
