package io.ekiden.agent.runtime;

import io.ekiden.model.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The disks that an operator gives an agent for persistent volumes, besides that of its work
/// directory. One that cannot be used now is not offered, and nothing is written where it ought to
/// be.
public final class Disks {
    public static final Disks NONE = new Disks(List.of());

    private static final Logger LOG = LoggerFactory.getLogger(Disks.class);
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    private static final int MOUNT_POINT = 4;
    private static final int MIB = 20;

    private final List<Named> named;

    /// @param size MiB; that of its file system when absent
    public record Named(
            Disk.Type type, Path path, Optional<Integer> size, Optional<String> profile) {}

    public Disks(List<Named> named) {
        this.named = List.copyOf(named);
    }

    /// Those that can be used now.
    public List<Disk> usable() {
        var usable = new ArrayList<Disk>();
        for (var disk : named) {
            try {
                var problem = problem(disk);
                if (problem.isPresent()) {
                    LOG.error("disk={} state=not-offered why={}", disk.path(), problem.get());
                } else {
                    usable.add(offered(disk));
                }
            } catch (IOException e) {
                LOG.error("disk={} state=not-offered why={}", disk.path(), e.toString());
            }
        }
        return usable;
    }

    private static Disk offered(Named disk) throws IOException {
        long total = Files.getFileStore(disk.path()).getTotalSpace() >> MIB;
        int size = disk.size().orElse((int) Math.min(Integer.MAX_VALUE, total));
        return new Disk(disk.type(), disk.path().toString(), size, disk.profile());
    }

    /// Why a volume cannot be on a disk now; empty when it can.
    Optional<String> problem(Path path) throws IOException {
        for (var disk : named) {
            if (disk.path().equals(path)) {
                return problem(disk);
            }
        }
        return Optional.of("the agent has no such disk");
    }

    private static Optional<String> problem(Named disk) throws IOException {
        if (!Files.isDirectory(disk.path())) {
            return Optional.of("there is no such directory");
        }
        if (!Files.isWritable(disk.path())) {
            return Optional.of("the agent may not write there");
        }
        return disk.type() == Disk.Type.MOUNT && !isMounted(disk.path().toRealPath())
                ? Optional.of("nothing is mounted there")
                : Optional.empty();
    }

    /// By proc(5) the fifth field is the mount point, in which blanks are octal.
    private static boolean isMounted(Path path) throws IOException {
        var escaped = new StringBuilder();
        // As bytes, since other mount points may be in no encoding at all.
        var bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        for (char c : new String(bytes, StandardCharsets.ISO_8859_1).toCharArray()) {
            escaped.append(c <= ' ' || c == '\\' ? "\\%03o".formatted((int) c) : c);
        }
        try (var lines = Files.lines(MOUNTS, StandardCharsets.ISO_8859_1)) {
            return lines.map(line -> line.split(" ", -1))
                    .anyMatch(fields -> fields[MOUNT_POINT].contentEquals(escaped));
        }
    }
}
