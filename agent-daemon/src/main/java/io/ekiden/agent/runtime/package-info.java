/// Runs tasks as native processes: sandboxes, supervisors, isolation, adoption after a restart.
package io.ekiden.agent.runtime;
