/// The Kafka Streams shell around the planner: it brings inputs to the core, keeps the store and
/// the image, and sends the decided records on. It decides nothing about apps.
package io.ekiden.planner.stream;
