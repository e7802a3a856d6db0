/// The data plane: what tasks have written, read over HTTP without ever leaving their sandboxes.
package io.ekiden.agent.files;
