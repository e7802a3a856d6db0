/// The secret store: values sealed on a topic of their own, with keys that are on none, and brought
/// to the agents whose tasks want them.
package io.ekiden.gateway.secrets;
