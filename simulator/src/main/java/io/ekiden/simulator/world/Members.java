package io.ekiden.simulator.world;

import java.util.ArrayList;
import java.util.List;

/// Everybody who takes part in a run.
public record Members(
        PlannerGroup planners,
        List<SimAgent> agents,
        List<SimProxy> proxies,
        List<SimGateway> gateways) {
    public Members {
        agents = List.copyOf(agents);
        proxies = List.copyOf(proxies);
        gateways = List.copyOf(gateways);
    }

    public static Members of(World world) {
        var options = world.options();
        var planners = new PlannerGroup(world);
        for (int i = 1; i <= options.planners(); i++) {
            planners.add("p" + i);
        }
        var agents = new ArrayList<SimAgent>();
        for (int i = 1; i <= options.agents(); i++) {
            agents.add(new SimAgent(world, i));
        }
        var proxies = new ArrayList<SimProxy>();
        for (int i = 1; i <= options.proxies(); i++) {
            proxies.add(new SimProxy(world, "x" + i));
        }
        var gateways = new ArrayList<SimGateway>();
        for (int i = 1; i <= options.gateways(); i++) {
            gateways.add(new SimGateway(world, "g" + i));
        }
        return new Members(planners, agents, proxies, gateways);
    }

    public void start() {
        planners.members().forEach(PlannerProcess::start);
        planners.begin();
        gateways.forEach(SimGateway::start);
        agents.forEach(SimAgent::start);
        proxies.forEach(SimProxy::start);
    }

    /// Everybody runs from now on.
    public void heal() {
        planners.members().stream().filter(p -> !p.up()).forEach(PlannerProcess::start);
        agents.forEach(SimAgent::heal);
        proxies.forEach(SimProxy::start);
        gateways.stream().filter(g -> !g.up()).forEach(SimGateway::start);
    }
}
