/// Checks of the static files that make up the web UI.
package io.ekiden.ui;
