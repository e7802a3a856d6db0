/// Probes the health of running tasks at their own address.
package io.ekiden.agent.health;
