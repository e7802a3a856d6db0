/// Who may do what: roles on paths, capabilities, and what of both a request needs. Pure: a caller,
/// a change and the state go in, a verdict comes out.
package io.ekiden.gateway.core.access;
