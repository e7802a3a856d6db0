package io.ekiden.log;

import java.util.Optional;

/// A change that a user wants: the record of `desired-state`.
///
/// @param changeId chosen by the gateway; the answer is the journal entry that carries it
/// @param force overrides running deployments that lock an app
/// @param uri of the request, for Marathon's `api_post_event`
/// @param traceparent the caller's W3C trace context
public record WantedChange(
        String changeId,
        Actor actor,
        Optional<String> reason,
        Optional<String> traceparent,
        String uri,
        boolean force,
        Change change) {}
