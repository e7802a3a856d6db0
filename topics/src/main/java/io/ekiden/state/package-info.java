/// The replayable cluster image. Applying a record is the only way to change it, so the planner,
/// its standby and every reader that has read the same records holds the same picture.
package io.ekiden.state;
