package io.ekiden.model;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// What a definition wants of the secret store: references only. Values never travel with
/// definitions; an agent is brought those of its own tasks when it starts them.
///
/// @param sources paths in the store, by the names that the definition gives to what is there
/// @param env such names, by the variables that are to have the values in every container
/// @param containers of a pod, the same for its containers by their names
public record Secrets(
        SortedMap<String, String> sources,
        SortedMap<String, String> env,
        SortedMap<String, SortedMap<String, String>> containers) {
    public static final Secrets NONE =
            new Secrets(
                    Sorted.copyOf(new TreeMap<String, String>()),
                    Sorted.copyOf(new TreeMap<String, String>()),
                    Sorted.copyOf(new TreeMap<String, SortedMap<String, String>>()));

    private static final Pattern PATH =
            Pattern.compile("(?!\\.\\.?(/|$))[\\w.-]+(/(?!\\.\\.?(/|$))[\\w.-]+)*");

    private static final int MAX_PATH = 256;

    /// Whether a secret can be kept in the store under this path: names without a slash before the
    /// first or behind the last. It is a path of the API too, and of those on which rights are
    /// granted.
    public static boolean isPath(String path) {
        return path.length() <= MAX_PATH && PATH.matcher(path).matches();
    }

    public Secrets {
        sources = Sorted.copyOf(sources);
        env = Sorted.copyOf(env);
        var copies = new TreeMap<String, SortedMap<String, String>>();
        containers.forEach((name, variables) -> copies.put(name, Sorted.copyOf(variables)));
        containers = Sorted.copyOf(copies);
    }

    /// Absent when nothing is wanted, which is what most definitions want.
    public Optional<Secrets> some() {
        return sources.isEmpty() ? Optional.empty() : Optional.of(this);
    }

    /// The variables of one container of a pod alone.
    public SortedMap<String, String> env(String container) {
        return containers.getOrDefault(container, NONE.env());
    }
}
