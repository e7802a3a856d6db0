/// Brings what definitions name into sandboxes, and trusts none of it.
package io.ekiden.agent.fetch;
