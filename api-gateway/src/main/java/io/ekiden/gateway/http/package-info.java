/// The HTTP side: the table of routes, the checks at the door, and the two ways in which answers
/// leave (a reply, an event stream). What is answered is `core`'s to say.
package io.ekiden.gateway.http;
