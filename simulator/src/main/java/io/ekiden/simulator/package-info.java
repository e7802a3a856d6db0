/// The real planner, agent and gateway cores in a simulated world: one thread, virtual time, every
/// choice drawn from one seed, faults, and checkers that watch what is promised.
package io.ekiden.simulator;
