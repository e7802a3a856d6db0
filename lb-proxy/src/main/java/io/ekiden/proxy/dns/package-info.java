/// Service discovery by DNS: the names of Mesos-DNS and DC/OS for the endpoints that are ready.
package io.ekiden.proxy.dns;
