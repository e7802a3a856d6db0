package io.ekiden.proxy.dns;

import io.netty.handler.codec.dns.DnsOpCode;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.util.List;
import java.util.Optional;

/// A message that asks.
///
/// @param edns of the first OPT record
/// @param optional how many OPT records there are; only one is allowed
record Query(DnsOpCode opCode, List<Question> questions, Optional<Edns> edns, int optional) {
    /// What the smallest datagram holds.
    private static final int PLAIN = 512;

    /// Datagrams up to this size are nowhere cut into pieces, whatever the client would take.
    static final int LARGEST = 1232;

    /// @param name as it was written, with a final dot
    record Question(String name, DnsRecordType type, int dnsClass) {}

    /// What the client says of itself.
    ///
    /// @param size of the datagrams that it takes
    record Edns(int version, int size) {}

    Query {
        questions = List.copyOf(questions);
    }

    /// The largest datagram that may be sent back.
    int limit() {
        return edns.map(e -> Math.clamp(e.size(), PLAIN, LARGEST)).orElse(PLAIN);
    }

    /// @param turn goes on with each question, so that all of several answers come first in turn
    Reply answer(Zone zone, int turn) {
        if (!opCode.equals(DnsOpCode.QUERY)) {
            return Reply.refusal(DnsResponseCode.NOTIMP);
        }
        if (questions.size() != 1 || optional > 1) {
            return Reply.refusal(DnsResponseCode.FORMERR);
        }
        if (edns.isPresent() && edns.get().version() != 0) {
            return Reply.refusal(DnsResponseCode.BADVERS_OR_BADSIG);
        }
        var question = questions.getFirst();
        if (question.dnsClass() != DnsRecord.CLASS_IN) {
            return Reply.refusal(DnsResponseCode.REFUSED);
        }
        return zone.answer(question.name(), question.type(), turn);
    }
}
