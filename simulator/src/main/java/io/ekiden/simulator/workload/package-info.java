/// What users do: each kind of change a small class that makes one call of the API.
package io.ekiden.simulator.workload;
