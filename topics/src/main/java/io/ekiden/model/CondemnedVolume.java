package io.ekiden.model;

/// A persistent volume that nobody may use any more, until its agent has said that it is destroyed.
public record CondemnedVolume(String id, String agentId) implements Entity {

    /// @param agentId contains no `/`
    public static String prefix(String agentId) {
        return "condemned/" + agentId + "/";
    }

    public static String key(String agentId, String id) {
        return prefix(agentId) + id;
    }

    @Override
    public String key() {
        return key(agentId, id);
    }
}
