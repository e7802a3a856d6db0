package io.ekiden.standalone;

import io.ekiden.model.PortRange;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.util.OptionalInt;

/// On which ports the standalone listens; 0 picks a free one.
///
/// @param dns empty: names are not served
/// @param services from which apps are given their service ports
record Ports(int api, int lb, int admin, OptionalInt dns, int kafka, PortRange services) {

    /// Looks for ports that somebody else has, before anything is started.
    void requireFree(String host) throws CommandFailure {
        requireFree(host, api, "--port");
        requireFree(host, lb, "--lb-port");
        requireFree(host, admin, "--admin-port");
        requireFree(host, kafka, "--kafka-port");
    }

    Ports withDns(OptionalInt dns) {
        return new Ports(api, lb, admin, dns, kafka, services);
    }

    /// Whether names can be served there, over UDP and TCP.
    static boolean isFreeForDns(String host, int port) {
        try (var datagrams = new DatagramSocket((SocketAddress) null);
                var connections = new ServerSocket()) {
            var address = new InetSocketAddress(InetAddress.getByName(host), port);
            connections.setReuseAddress(true);
            datagrams.bind(address);
            connections.bind(address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static void requireFree(String host, OptionalInt port, String option) throws CommandFailure {
        if (port.isPresent()) {
            requireFree(host, port.getAsInt(), option);
        }
    }

    private static void requireFree(String host, int port, String option) throws CommandFailure {
        if (port == 0) {
            return;
        }
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
        } catch (BindException e) {
            throw CommandFailure.portBusy(
                    "port %d (%s) cannot be had on %s: %s; name another, or 0 for any free one"
                            .formatted(port, option, host, e.getMessage()));
        } catch (IOException e) {
            throw CommandFailure.usage(
                    "cannot listen on %s (--bind): %s".formatted(host, e.getMessage()));
        }
    }
}
