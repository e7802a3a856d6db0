/// Planted bugs, and the hunt for them: the proof that the checkers bite. A mutant is a small
/// change of one production source file, kept as a text file; production code has no hook for it.
package io.ekiden.simulator.mutants;
