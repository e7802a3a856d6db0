/// Commands that people run in tasks, over WebSockets.
package io.ekiden.agent.exec;
