package io.ekiden.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The options of `docker run` that a definition may set (`container.docker.parameters`). None of
/// them opens a wall of the container, and no other is let through.
public enum DockerOption {
    ADD_HOST("[A-Za-z0-9._-]{1,253}:[0-9a-fA-F:.]{2,45}"),
    CAP_DROP("[A-Za-z_]{1,40}"),
    DNS("[0-9a-fA-F:.]{2,45}"),
    DNS_OPTION("[a-z0-9:-]{1,40}"),
    DNS_SEARCH("[A-Za-z0-9._-]{1,253}"),
    ENV("[^=]+=.*"),
    HOSTNAME("[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?"),
    INIT("true|false"),
    LABEL("(?!io\\.ekiden\\.)[^=\\s]+(=.*)?"),
    READ_ONLY("true|false"),
    SHM_SIZE("[0-9]{1,9}[bkmgBKMG]?"),
    TMPFS("/[^:]+(:(r[ow]|(no)?(exec|suid|dev)|size=[0-9]{1,9}[kmg]?|mode=[0-7]{3,4}|,)+)?"),
    ULIMIT("[a-z]{1,20}=-?[0-9]{1,18}(:-?[0-9]{1,18})?"),
    USER("[A-Za-z0-9_.-]{1,64}(:[A-Za-z0-9_.-]{1,64})?"),
    WORKDIR("/[^:]+");

    private static final int MAX_VALUE = 4096;
    private static final List<String> OF_THE_KERNEL = List.of("proc", "sys", "dev");
    private static final List<String> NO_NAMES = List.of("", ".", "..");

    private final Pattern values;

    DockerOption(String values) {
        this.values = Pattern.compile(values, Pattern.DOTALL);
    }

    /// As `docker run` calls it.
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<DockerOption> of(String key) {
        return Arrays.stream(values()).filter(option -> option.key().equals(key)).findFirst();
    }

    public boolean accepts(String value) {
        boolean path = this == TMPFS || this == WORKDIR;
        return value.length() <= MAX_VALUE
                && values.matcher(value).matches()
                && (!path || isPlace(value.split(":", 2)[0]));
    }

    /// An absolute path that is not the kernel's and leads nowhere else.
    private static boolean isPlace(String path) {
        var parts = List.of(path.substring(1).split("/", -1));
        return !OF_THE_KERNEL.contains(parts.getFirst())
                && parts.stream().noneMatch(NO_NAMES::contains);
    }
}
