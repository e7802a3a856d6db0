/// Marathon's nouns as immutable values: apps, groups, instances, deployments and what they are
/// made of. Nothing here does I/O, reads a clock or draws a random number, so that every service
/// can share these types and every test can build them.
package io.ekiden.model;
