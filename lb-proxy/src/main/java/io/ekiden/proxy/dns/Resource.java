package io.ekiden.proxy.dns;

import io.netty.handler.codec.dns.DnsRecordType;
import java.net.Inet4Address;
import java.net.InetAddress;

/// One resource record: what DNS says of a name, its owner.
sealed interface Resource {
    String owner();

    DnsRecordType type();

    /// Bytes of the data in a message.
    int dataSize();

    Resource ownedBy(String owner);

    /// A or AAAA.
    record Address(String owner, InetAddress address) implements Resource {
        @Override
        public DnsRecordType type() {
            return address instanceof Inet4Address ? DnsRecordType.A : DnsRecordType.AAAA;
        }

        @Override
        public int dataSize() {
            return address.getAddress().length;
        }

        @Override
        public Address ownedBy(String owner) {
            return new Address(owner, address);
        }
    }

    /// SRV, with priority and weight 0 as in Mesos-DNS.
    ///
    /// @param target a name that has an address
    record Service(String owner, int port, String target) implements Resource {
        private static final int NUMBERS = 3 * Short.BYTES;

        @Override
        public DnsRecordType type() {
            return DnsRecordType.SRV;
        }

        @Override
        public int dataSize() {
            return NUMBERS + nameSize(target);
        }

        @Override
        public Service ownedBy(String owner) {
            return new Service(owner, port, target);
        }
    }

    /// SOA: how long it may be remembered that there is nothing.
    record Authority(String owner) implements Resource {
        private static final int NUMBERS = 5 * Integer.BYTES;

        @Override
        public DnsRecordType type() {
            return DnsRecordType.SOA;
        }

        String server() {
            return "ns1." + owner;
        }

        String mailbox() {
            return "root.ns1." + owner;
        }

        @Override
        public int dataSize() {
            return nameSize(server()) + nameSize(mailbox()) + NUMBERS;
        }

        @Override
        public Authority ownedBy(String owner) {
            return new Authority(owner);
        }
    }

    /// Bytes of a name in a message: a length before each label, and one after the last.
    static int nameSize(String name) {
        return name.length() + 1;
    }
}
