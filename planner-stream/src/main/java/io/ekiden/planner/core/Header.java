package io.ekiden.planner.core;

import java.time.Instant;

/// What the planner's shell gives to a journal entry.
///
/// @param sequence one more than the previous entry's
/// @param time the planner's time, not before the previous entry's, to the millisecond
/// @param previousHash SHA-256 (hex) of the previous entry's bytes; empty for the first
public record Header(long sequence, Instant time, String previousHash) {}
