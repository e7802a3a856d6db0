/// A log as Kafka gives it, as far as Ekiden relies on it: partitions, transactions and their
/// aborts, fencing, readers of what is committed, compaction.
package io.ekiden.simulator.log;
