package io.ekiden.planner.stream;

/// A record on its way to a topic: its partition is always named, never left to a hash of its key.
///
/// @param value null is a tombstone
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record Outgoing(int partition, byte[] value) {}
