/// The whole product in one process: an embedded Kafka broker, the planner, the gateway, the load
/// balancer and one agent, wired as they are when they run apart.
package io.ekiden.standalone;
