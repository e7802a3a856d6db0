/// What the gateway says, as pure functions: from a request and the cluster image to an answer,
/// from a request to the change that it wants, from a journal entry to the answer of the change and
/// to Marathon's events. No I/O, no clock: the time comes with the request.
package io.ekiden.gateway.core;
