/// One run of the simulator seen from outside: all that whoever hunts mutants or shrinks a failing
/// run needs of it, in types of the JDK alone, so that it also works across class loaders.
package io.ekiden.simulator.probe;
