/// What every service has in common when it runs as a process of its own.
package io.ekiden.process;
