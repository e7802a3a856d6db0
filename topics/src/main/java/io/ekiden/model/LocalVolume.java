package io.ekiden.model;

/// A persistent volume of one instance.
///
/// @param id Marathon's persistence id, `<app id with _>#<container path>#<uuid>`
public record LocalVolume(String containerPath, String id) {}
