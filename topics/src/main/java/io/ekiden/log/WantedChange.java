package io.ekiden.log;

import io.ekiden.model.PathId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A change that a user wants: the record of `desired-state`.
///
/// @param changeId chosen by the gateway; the answer is the journal entry that carries it
/// @param force overrides running deployments that lock an app
/// @param uri of the request, for Marathon's `api_post_event`
/// @param traceparent the caller's W3C trace context
/// @param basis the definitions on which the gateway found that the actor may do this; on others
///   the change is refused. Absent when it does not depend on any.
/// @param precondition of the caller's own, without which it is refused
/// @param requestKey by which the caller's request is known when it comes again
public record WantedChange(
        String changeId,
        Actor actor,
        Optional<String> reason,
        Optional<String> traceparent,
        String uri,
        boolean force,
        Change change,
        Optional<List<Basis>> basis,
        Optional<Precondition> precondition,
        Optional<RequestKey> requestKey) {

    public WantedChange {
        basis = basis.map(List::copyOf);
    }

    /// A change that its actor may want whatever is there.
    public WantedChange(
            String changeId,
            Actor actor,
            Optional<String> reason,
            Optional<String> traceparent,
            String uri,
            boolean force,
            Change change) {
        this(
                changeId,
                actor,
                reason,
                traceparent,
                uri,
                force,
                change,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public WantedChange on(List<Basis> basis) {
        var some = basis.isEmpty() ? Optional.<List<Basis>>empty() : Optional.of(basis);
        return with(some, precondition, requestKey);
    }

    public WantedChange when(Optional<Precondition> precondition) {
        return with(basis, precondition, requestKey);
    }

    public WantedChange as(Optional<RequestKey> requestKey) {
        return with(basis, precondition, requestKey);
    }

    private WantedChange with(
            Optional<List<Basis>> basis,
            Optional<Precondition> precondition,
            Optional<RequestKey> requestKey) {
        return new WantedChange(
                changeId,
                actor,
                reason,
                traceparent,
                uri,
                force,
                change,
                basis,
                precondition,
                requestKey);
    }

    /// An app or pod as it was looked at.
    ///
    /// @param version empty when there was none
    public record Basis(PathId id, Optional<Instant> version) {}
}
