/// The gateway's side of Kafka: the follower that replays the journal, the barrier that makes reads
/// fresh, and the writer that parks a change until its journal entry comes by.
package io.ekiden.gateway.log;
