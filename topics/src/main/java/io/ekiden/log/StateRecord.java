package io.ekiden.log;

import io.ekiden.model.Entity;

/// One entity as it stands: a record of `cluster-state`, keyed by [Entity#key]. A tombstone under
/// that key says that it is no more. The key [Head#KEY] carries a [Head] instead.
///
/// @param sequence of the journal entry that wrote it
public record StateRecord(long sequence, Entity entity) {}
