package io.ekiden.proxy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/// Reads the labels of one port, and keeps what is wrong with them: a fault, because of which the
/// port is not routed, or a remark on something that has no effect.
final class LabelReader {
    /// marathon-lb's words for it; every other is no.
    private static final Set<String> TRUE = Set.of("true", "t", "yes", "y");

    private static final Set<String> FALSE = Set.of("false", "f", "no", "n", "");

    private final SortedMap<String, String> labels;
    private final int portIndex;
    private final List<String> faults = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();

    LabelReader(SortedMap<String, String> labels, int portIndex) {
        this.labels = labels;
        this.portIndex = portIndex;
    }

    /// The full name of marathon-lb's label.
    String haproxy(String name) {
        return "HAPROXY_" + portIndex + "_" + name;
    }

    /// The full name of a label that marathon-lb does not have.
    String ekiden(String name) {
        return "EKIDEN_" + portIndex + "_" + name;
    }

    /// The value without surrounding blanks.
    Optional<String> text(String label) {
        return Optional.ofNullable(labels.get(label)).map(String::strip);
    }

    /// One of a comma list each; empty without the label.
    List<String> list(String label) {
        return text(label).map(value -> List.of(value.split(",", -1))).orElse(List.of()).stream()
                .map(String::strip)
                .toList();
    }

    boolean isTrue(String label, boolean otherwise) {
        var value = text(label);
        if (value.isEmpty()) {
            return otherwise;
        }
        var word = value.get().toLowerCase(Locale.ROOT);
        if (!TRUE.contains(word) && !FALSE.contains(word)) {
            remark(label, value.get(), "is neither true nor false; it is taken as false");
        }
        return TRUE.contains(word);
    }

    int number(String label, int otherwise, int lowest, int highest) {
        var value = text(label);
        if (value.isEmpty()) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(value.get());
            if (number >= lowest && number <= highest) {
                return number;
            }
        } catch (NumberFormatException e) {
            fault(label, value.get(), "is not a number");
            return otherwise;
        }
        fault(label, value.get(), "is not within " + lowest + " and " + highest);
        return otherwise;
    }

    /// At least one second.
    Optional<Duration> seconds(String label, int highest) {
        int seconds = number(label, 0, 1, highest);
        return seconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
    }

    /// The port cannot be routed as asked, and so is not.
    void fault(String label, String value, String why) {
        faults.add(shown(label, value, why));
    }

    void fault(String label, String why) {
        faults.add(label + ": " + why);
    }

    void remark(String label, String value, String why) {
        remarks.add(shown(label, value, why));
    }

    void remark(String label, String why) {
        remarks.add(label + ": " + why);
    }

    List<String> faults() {
        return List.copyOf(faults);
    }

    List<String> remarks() {
        return List.copyOf(remarks);
    }

    /// The labels whose names begin with this.
    SortedMap<String, String> beginningWith(String prefix) {
        return labels.subMap(prefix, prefix + Character.MAX_VALUE);
    }

    private static String shown(String label, String value, String why) {
        return label + ": '" + Texts.printable(value) + "' " + why;
    }
}
