/// Marathon's API in our own words: each test is one behaviour that clients rely on, and talks to
/// the running product over HTTP alone.
package io.ekiden.e2e.contract;
