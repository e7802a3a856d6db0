package io.ekiden.model;

import java.util.Optional;
import java.util.regex.Pattern;

/// The id of one instance, `shop_web.instance-<uuid>`: stable while its tasks come and go.
public record InstanceId(String value) implements Comparable<InstanceId> {
    private static final Pattern FORM = Pattern.compile("^(.+)\\.(instance-|marathon-)([^.]+)$");

    public static InstanceId of(PathId app, String uuid) {
        return new InstanceId(app.flat() + ".instance-" + uuid);
    }

    public static Optional<InstanceId> parse(String raw) {
        return FORM.matcher(raw).matches() ? Optional.of(new InstanceId(raw)) : Optional.empty();
    }

    /// The app or pod this instance belongs to.
    public PathId runSpecId() {
        var matcher = FORM.matcher(value);
        if (!matcher.matches()) {
            throw new IllegalStateException("not an instance id: " + value);
        }
        return new PathId("/" + matcher.group(1).replace('_', '/'));
    }

    /// The id of this instance's task in its `incarnation`-th life.
    public TaskId task(int incarnation) {
        return new TaskId(value + "." + TaskId.UNIT + "." + incarnation);
    }

    /// The text's, which keeps its own: ids are looked up all the time.
    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof InstanceId id && value.equals(id.value);
    }

    @Override
    public int compareTo(InstanceId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
