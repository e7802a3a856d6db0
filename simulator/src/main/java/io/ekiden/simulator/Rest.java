package io.ekiden.simulator;

import io.ekiden.model.Agent;
import io.ekiden.model.Condition;
import io.ekiden.model.Deployment;
import io.ekiden.model.Instance;
import io.ekiden.model.PathId;
import io.ekiden.model.Proxy;
import io.ekiden.model.RunSpec;
import io.ekiden.simulator.check.Checker;
import io.ekiden.simulator.check.Room;
import io.ekiden.simulator.world.Members;
import io.ekiden.simulator.world.SimAgent;
import io.ekiden.simulator.world.SimGateway;
import io.ekiden.simulator.world.SimProxy;
import io.ekiden.simulator.world.World;
import io.ekiden.state.ClusterImage;
import java.util.Optional;

/// Whether the world has come to rest: what is still missing, seen from outside.
final class Rest implements Checker {
    private final World world;
    private final Members members;

    Rest(World world, Members members) {
        this.world = world;
        this.members = members;
    }

    @Override
    public String id() {
        return "29-everything-comes-to-rest";
    }

    @Override
    public String promise() {
        return "Within 15 minutes after the last fault every app that fits runs as wanted, no"
                + " deployment runs, every member is active, nobody lags.";
    }

    Optional<String> missing() {
        return log().or(this::membership)
                .or(this::deployments)
                .or(this::apps)
                .or(this::tasks)
                .or(this::volumes);
    }

    private ClusterImage image() {
        return world.evidence().image();
    }

    private Optional<String> log() {
        var log = world.log();
        if (log.transactionOpen()) {
            return Optional.of("a transaction is open");
        }
        if (log.decided(log.desiredState()) < log.desiredState().end()) {
            return Optional.of("changes are not decided");
        }
        if (log.decided(log.agentReports()) < log.agentReports().end()) {
            return Optional.of("reports are not decided");
        }
        if (!members.gateways().stream().allMatch(SimGateway::caughtUp)) {
            return Optional.of("a gateway lags");
        }
        return members.proxies().stream().allMatch(SimProxy::caughtUp)
                ? Optional.empty()
                : Optional.of("a proxy lags");
    }

    private Optional<String> membership() {
        for (SimAgent agent : members.agents()) {
            var known = image().agent(agent.id());
            if (known.filter(a -> a.state() == Agent.State.ACTIVE).isEmpty()) {
                return Optional.of(agent.id() + " is not active");
            }
            boolean quiet =
                    agent.state().filter(state -> state.outbox().pending().isEmpty()).isPresent();
            if (!quiet) {
                return Optional.of(agent.id() + " has something to say");
            }
        }
        for (SimProxy proxy : members.proxies()) {
            if (image().proxy(proxy.id()).filter(Proxy::active).isEmpty()) {
                return Optional.of(proxy.id() + " is not active");
            }
        }
        return Optional.empty();
    }

    private Optional<String> volumes() {
        return image().agents().stream()
                .filter(agent -> !image().condemnedVolumes(agent.id()).isEmpty())
                .map(agent -> agent.id() + " has volumes to destroy")
                .findFirst();
    }

    private Optional<String> deployments() {
        return image().deployments().stream()
                .filter(deployment -> deployment.affected().stream().noneMatch(this::starved))
                .findFirst()
                .map(this::stuck);
    }

    private String stuck(Deployment deployment) {
        var text = new StringBuilder("deployment runs: ").append(deployment.steps());
        for (var id : deployment.affected()) {
            image().runSpec(id)
                    .ifPresent(app ->
                            text.append(" wanted=")
                                    .append(app.instances())
                                    .append(' ')
                                    .append(app.upgradeStrategy()));
            text.append(conditions(id)).append(image().queueItem(id)).append(image().delay(id));
        }
        return text.toString();
    }

    private boolean starved(PathId id) {
        return image().runSpec(id).filter(this::starved).isPresent();
    }

    /// Whether some of an app's instances wait for room that there is not.
    private boolean starved(RunSpec app) {
        return image().instances(app.id()).stream()
                .filter(instance -> instance.condition() == Condition.SCHEDULED)
                .anyMatch(instance -> !Room.anywhere(image(), app, instance));
    }

    private Optional<String> apps() {
        for (var app : image().runSpecs()) {
            long ready = image().instances(app.id()).stream().filter(this::runs).count();
            if (ready != app.instances() && !starved(app) && !waits(app)) {
                return Optional.of(
                        app.id()
                                + " has "
                                + ready
                                + " of "
                                + app.instances()
                                + " "
                                + conditions(app.id()));
            }
        }
        return Optional.empty();
    }

    /// Whether its deployment does not get on, since something else in it finds no room.
    private boolean waits(RunSpec app) {
        return image().deploymentsOf(app.id()).stream()
                .flatMap(deployment -> deployment.affected().stream())
                .anyMatch(this::starved);
    }

    private String conditions(PathId id) {
        return image().instances(id).stream()
                .map(i ->
                        i.taskId()
                                + " "
                                + i.condition()
                                + " goal="
                                + i.goal()
                                + " healthy="
                                + i.healthy()
                                + " stopping="
                                + i.stopping().isPresent())
                .toList()
                .toString();
    }

    /// In truth and on the log, by the definition that it was launched with: after a deployment
    /// that was ended where it was, that need not be the present one.
    private boolean runs(Instance instance) {
        return instance.placement()
                .flatMap(at -> world.evidence().live(at.agentId(), instance.taskId()))
                .filter(live -> instance.ready(live.task().spec()))
                .isPresent();
    }

    private Optional<String> tasks() {
        return world.evidence().live().stream()
                .filter(live -> image().instanceOf(live.taskId()).isEmpty())
                .findFirst()
                .map(live -> "an orphan runs: " + live.taskId() + " on " + live.agentId());
    }
}
