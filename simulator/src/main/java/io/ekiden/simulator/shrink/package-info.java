/// Makes a failing run small: the fewer faults, users' operations and members are left in it, the
/// sooner a person sees why it fails.
package io.ekiden.simulator.shrink;
