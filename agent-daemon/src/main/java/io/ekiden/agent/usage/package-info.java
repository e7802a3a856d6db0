/// What tasks use, measured at the cost of what is asked for; and their disk, which has a quota, at
/// a pace that never takes more than a share of one thread.
package io.ekiden.agent.usage;
