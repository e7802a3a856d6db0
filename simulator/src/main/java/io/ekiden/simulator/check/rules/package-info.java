/// Promises about what the planner decides, each judged by arithmetic of its own on the committed
/// journal: Marathon's rules, and those that this design adds.
package io.ekiden.simulator.check.rules;
