/// The agent on one machine: it receives assignments, runs tasks through a runtime, checks their
/// health and reports what became of them.
package io.ekiden.agent;
