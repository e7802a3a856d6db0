/// The pure planner: from the cluster image and one input it decides which records follow. It does
/// no I/O, reads no clock and draws no random number, so the same inputs give the same decisions on
/// every replay.
package io.ekiden.planner.core;
