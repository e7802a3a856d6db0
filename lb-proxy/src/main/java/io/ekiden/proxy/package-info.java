/// The load balancer: it brings HTTP requests and TCP connections to ready endpoints, and stops
/// giving work to an endpoint that drains before the task is stopped.
package io.ekiden.proxy;
