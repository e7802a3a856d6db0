package io.ekiden.simulator.mutants;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The product's sources, from which mutants are made.
public record Checkout(Path root) {
    private static final String MUTANTS = "simulator/src/mutants";
    private static final String EXTENSION = ".mutant";

    /// The checkout that a folder lies in.
    public static Optional<Checkout> around(Path folder) {
        for (var at = folder.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve(MUTANTS))) {
                return Optional.of(new Checkout(at));
            }
        }
        return Optional.empty();
    }

    /// Every mutant, by name.
    public List<Mutant> mutants() {
        try (var files = Files.list(root.resolve(MUTANTS))) {
            return files.filter(file -> file.toString().endsWith(EXTENSION))
                    .sorted()
                    .map(this::mutant)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Mutant mutant(Path file) {
        var name = file.getFileName().toString();
        return Mutant.parse(
                name.substring(0, name.length() - EXTENSION.length()),
                read(root.relativize(file).toString()));
    }

    /// A source file, by its path from the root.
    String read(String file) {
        try {
            return Files.readString(root.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
