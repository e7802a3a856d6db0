/// Posts events to those who subscribed: who of the gateways does it, how far it has come, and how
/// a receiver is reached.
package io.ekiden.gateway.webhooks;
