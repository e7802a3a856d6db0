/// Marathon's REST API. It turns HTTP into wanted changes for the planner and the planner's answers
/// into HTTP, and serves reads from its own replayed cluster image.
package io.ekiden.gateway;
