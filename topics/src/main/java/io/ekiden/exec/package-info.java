/// The protocol by which commands in tasks are spoken with.
package io.ekiden.exec;
