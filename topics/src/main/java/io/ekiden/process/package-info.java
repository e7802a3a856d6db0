/// What every service has in common when it runs as a process of its own: options, its end, where
/// it may connect to, and how it speaks TLS.
package io.ekiden.process;
