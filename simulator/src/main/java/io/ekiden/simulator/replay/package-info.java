/// The proof that the log tells the truth: journals of simulated runs decided again, here and in
/// another JVM with another locale and time zone.
package io.ekiden.simulator.replay;
