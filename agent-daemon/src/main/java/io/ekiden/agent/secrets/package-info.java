/// The values of the secrets that the agent's own tasks want: from a gateway, for as long as a task
/// lives, and only where they are not written to a disk if the machine allows it.
package io.ekiden.agent.secrets;
