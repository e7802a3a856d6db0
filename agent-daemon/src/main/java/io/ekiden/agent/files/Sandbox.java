package io.ekiden.agent.files;

import io.ekiden.model.Sorted;
import java.nio.file.Path;
import java.util.SortedMap;

/// Where a task's files are. What a task put into them is not believed: no link is followed, and
/// nothing but `root` and the roots of `mounts` is ever entered.
///
/// @param mounts folders that appear in the sandbox but are elsewhere on this machine, by their
///   paths relative to it (`data`): persistent volumes
public record Sandbox(Path root, SortedMap<String, Path> mounts) {
    public Sandbox {
        mounts = Sorted.copyOf(mounts);
    }
}
