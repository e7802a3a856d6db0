/// The members of the simulated world: planners, agents with their machines, proxies, gateways, and
/// the network between them and the log.
package io.ekiden.simulator.world;
