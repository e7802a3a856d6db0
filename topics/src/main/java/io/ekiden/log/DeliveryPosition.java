package io.ekiden.log;

/// How far events have been delivered to a subscription: the record of `webhook-deliveries`, keyed
/// by its callback URL. A tombstone says that there is no such subscription any more.
///
/// @param since of the subscription: another one to the same URL begins anew
/// @param sequence of the entry of the last event that was delivered, or passed over as its entry
///   has none
/// @param n that event's place in its entry; -1 for before the first
public record DeliveryPosition(long since, long sequence, int n) {}
