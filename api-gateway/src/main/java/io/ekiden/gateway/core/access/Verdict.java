package io.ekiden.gateway.core.access;

import io.ekiden.log.WantedChange;
import java.util.List;

/// Whether a caller may have what he wants.
public sealed interface Verdict {
    /// @param basis the definitions on which it was judged: on others it might be refused
    record Allowed(List<WantedChange.Basis> basis) implements Verdict {
        public Allowed {
            basis = List.copyOf(basis);
        }
    }

    /// @param lacks at least one
    record Denied(List<Lack> lacks) implements Verdict {
        public Denied {
            lacks = List.copyOf(lacks);
        }
    }

    /// What it is about is not there, so that nobody can tell whose it is.
    record Absent(String message) implements Verdict {}
}
