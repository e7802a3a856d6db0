package io.ekiden.agent;

import java.net.InetAddress;
import java.net.UnknownHostException;

/// Where an agent's tasks are reached. Several agents of one machine may have names that only
/// Ekiden knows: then their tasks are here, on loopback.
///
/// @param host the agent's name if it can be resolved, else the ip: what a task can listen on
/// @param ip for proxies, health checks and clients
record TaskAddress(String host, String ip) {

    static TaskAddress of(String hostname) {
        try {
            return new TaskAddress(hostname, InetAddress.getByName(hostname).getHostAddress());
        } catch (UnknownHostException e) {
            var loopback = InetAddress.getLoopbackAddress().getHostAddress();
            return new TaskAddress(loopback, loopback);
        }
    }
}
