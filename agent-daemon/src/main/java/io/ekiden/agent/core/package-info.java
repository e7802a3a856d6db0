/// The agent's pure part: from an assignment and what was observed it decides the next step of each
/// task. It does no I/O and reads no clock; the shell around it does both.
package io.ekiden.agent.core;
