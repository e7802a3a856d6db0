/// Tests of the product as a whole: `*IT` starts the packaged program and talks to it over HTTP,
/// `*Test` checks rules that span all modules.
package io.ekiden.e2e;
