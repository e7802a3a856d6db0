/// What is promised, each promise a small class that watches what really happened: the committed
/// log, the machines, the proxies' requests, the answers that users got.
package io.ekiden.simulator.check;
