/// What travels on Kafka: the topics, the records on them, and the serdes that turn a record into
/// bytes and back. No other package knows how a record is written.
package io.ekiden.log;
