package io.ekiden.model;

/// Ports from `begin` to `end`, both included.
public record PortRange(int begin, int end) {
    public boolean contains(int port) {
        return begin <= port && port <= end;
    }

    public int size() {
        return end - begin + 1;
    }
}
