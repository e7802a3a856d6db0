/// Virtual addresses: what `VIP_n` labels ask for, and on which local address each of them is
/// served.
package io.ekiden.proxy.vip;
