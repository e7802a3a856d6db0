/// Images without an engine: pulled, unpacked and described for runc.
package io.ekiden.agent.runtime.image;
