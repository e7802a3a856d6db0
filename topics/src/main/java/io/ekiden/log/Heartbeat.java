package io.ekiden.log;

/// An agent or proxy is alive: the record of `heartbeats`, keyed by `memberId`. Soft state: only
/// the planner's judgement of silence and return becomes an input.
///
/// @param epoch of the agent's welcome; 0 for a proxy
public record Heartbeat(MemberKind kind, String memberId, long epoch) {}
