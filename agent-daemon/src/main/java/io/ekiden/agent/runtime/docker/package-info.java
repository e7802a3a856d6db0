/// Tasks as containers of a Docker engine.
package io.ekiden.agent.runtime.docker;
