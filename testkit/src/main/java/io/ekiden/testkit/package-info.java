/// For tests only; nothing of the product depends on it.
package io.ekiden.testkit;
