package io.ekiden.proxy.dns;

import io.ekiden.proxy.dns.Query.Edns;
import io.ekiden.proxy.dns.Query.Question;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.dns.AbstractDnsOptPseudoRrRecord;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DefaultDnsRecordEncoder;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.util.ArrayList;
import java.util.Optional;

/// Between Netty's messages and our questions and replies.
final class Wire {
    private static final int CODE_BITS = 4;
    private static final int CODE_MASK = (1 << CODE_BITS) - 1;
    private static final int SOA_SERIAL = 1;
    private static final int SOA_REFRESH = 60;
    private static final int SOA_RETRY = 600;
    private static final int SOA_EXPIRE = 86_400;
    private static final Encoder NAMES = new Encoder(0);

    private Wire() {}

    static Query read(DnsQuery message) {
        var questions = new ArrayList<Question>();
        for (int i = 0; i < message.count(DnsSection.QUESTION); i++) {
            DnsQuestion question = message.recordAt(DnsSection.QUESTION, i);
            questions.add(new Question(question.name(), question.type(), question.dnsClass()));
        }
        var edns = Optional.<Edns>empty();
        int optional = 0;
        for (int i = 0; i < message.count(DnsSection.ADDITIONAL); i++) {
            DnsRecord record = message.recordAt(DnsSection.ADDITIONAL, i);
            if (record.type().equals(DnsRecordType.OPT)) {
                optional++;
                int version = (int) ((record.timeToLive() >> 16) & 0xff);
                edns = Optional.of(new Edns(version, record.dnsClass()));
            }
        }
        return new Query(message.opCode(), questions, edns, optional);
    }

    /// Fills a response with a reply.
    ///
    /// @param seconds how long records may be remembered
    static void write(
            DnsResponse response, DnsQuery message, Query query, Reply reply, int seconds) {
        int code = reply.code().intValue();
        response.setCode(DnsResponseCode.valueOf(code & CODE_MASK))
                .setAuthoritativeAnswer(reply.authoritative())
                .setTruncated(reply.truncated())
                .setRecursionDesired(message.isRecursionDesired());
        for (var question : query.questions()) {
            response.addRecord(
                    DnsSection.QUESTION,
                    new DefaultDnsQuestion(question.name(), question.type(), question.dnsClass()));
        }
        reply.answers().forEach(r -> response.addRecord(DnsSection.ANSWER, record(r, seconds)));
        reply.authorities()
                .forEach(r -> response.addRecord(DnsSection.AUTHORITY, record(r, seconds)));
        reply.additionals()
                .forEach(r -> response.addRecord(DnsSection.ADDITIONAL, record(r, seconds)));
        if (query.edns().isPresent()) {
            response.addRecord(DnsSection.ADDITIONAL, new Opt(code >> CODE_BITS));
        }
    }

    private static DnsRecord record(Resource resource, int seconds) {
        return new DefaultDnsRawRecord(
                resource.owner(), resource.type(), seconds, data(resource, seconds));
    }

    private static ByteBuf data(Resource resource, int seconds) {
        var data = Unpooled.buffer(resource.dataSize());
        switch (resource) {
            case Resource.Address(_, var address) -> data.writeBytes(address.getAddress());
            case Resource.Service(_, var port, var target) -> {
                data.writeShort(0).writeShort(0).writeShort(port);
                NAMES.write(target, data);
            }
            case Resource.Authority authority -> {
                NAMES.write(authority.server(), data);
                NAMES.write(authority.mailbox(), data);
                // Nobody can transfer the zone: the serial is for nobody.
                data.writeInt(SOA_SERIAL)
                        .writeInt(SOA_REFRESH)
                        .writeInt(SOA_RETRY)
                        .writeInt(SOA_EXPIRE)
                        .writeInt(seconds);
            }
        }
        return data;
    }

    /// The server's own word on datagrams.
    private static final class Opt extends AbstractDnsOptPseudoRrRecord {
        Opt(int extendedCode) {
            super(Query.LARGEST, extendedCode, 0);
        }
    }

    /// Writes the name that was asked for once, and then refers to it. For one channel.
    static final class Encoder extends DefaultDnsRecordEncoder {
        private static final int HEADER = 12;
        private static final int POINTER_TO_QUESTION = 0xc000 | HEADER;

        private final int question;
        private String asked = "";

        /// @param message where messages begin in their buffer
        Encoder(int message) {
            this.question = message + HEADER;
        }

        /// A name whose data nothing may refer to.
        void write(String name, ByteBuf to) {
            try {
                super.encodeName(name, to);
            } catch (Exception e) {
                throw new IllegalArgumentException("no name: " + name, e);
            }
        }

        @Override
        protected void encodeName(String name, ByteBuf to) throws Exception {
            if (to.writerIndex() == question) {
                asked = name;
                super.encodeName(name, to);
            } else if (name.equals(asked) && !name.equals(".")) {
                to.writeShort(POINTER_TO_QUESTION);
            } else {
                super.encodeName(name, to);
            }
        }
    }
}
