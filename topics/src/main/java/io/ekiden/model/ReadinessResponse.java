package io.ekiden.model;

/// What a task answered to its readiness check, as users are shown it.
///
/// @param status the HTTP status; 504 when there was no answer (Marathon's rule)
/// @param body how it begins, [#MAX_BODY] bytes at most; the reason when there was no answer
public record ReadinessResponse(int status, String contentType, String body) {
    /// How much of a body is kept, in bytes: it travels in reports and facts.
    public static final int MAX_BODY = 4096;
}
