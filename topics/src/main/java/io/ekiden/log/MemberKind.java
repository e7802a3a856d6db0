package io.ekiden.log;

/// What beats.
public enum MemberKind {
    AGENT,
    PROXY
}
