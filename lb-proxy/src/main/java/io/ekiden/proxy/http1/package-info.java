/// HTTP/1.1 messages as bytes: where a head and a body end, what of a head passes a proxy, and
/// nothing of what else they say. Pure; what is not exactly RFC 9112 is not taken.
package io.ekiden.proxy.http1;
