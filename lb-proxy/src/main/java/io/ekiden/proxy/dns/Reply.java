package io.ekiden.proxy.dns;

import io.netty.handler.codec.dns.DnsResponseCode;
import java.util.List;

/// What is answered to a question.
///
/// @param authoritative false when the name is not ours
/// @param truncated whether there is more, which is to be asked for over TCP
record Reply(
        DnsResponseCode code,
        boolean authoritative,
        boolean truncated,
        List<Resource> answers,
        List<Resource> authorities,
        List<Resource> additionals) {

    private static final int HEADER = 12;
    private static final int TYPE_AND_CLASS = 2 * Short.BYTES;
    private static final int OPT = 11;
    private static final int POINTER = 2;

    /// Type, class, time to live and length of the data.
    private static final int FIXED = 10;

    Reply {
        answers = List.copyOf(answers);
        authorities = List.copyOf(authorities);
        additionals = List.copyOf(additionals);
    }

    static Reply refusal(DnsResponseCode code) {
        return new Reply(code, false, false, List.of(), List.of(), List.of());
    }

    static Reply of(List<Resource> answers, List<Resource> additionals) {
        return new Reply(DnsResponseCode.NOERROR, true, false, answers, List.of(), additionals);
    }

    /// There is nothing, neither now nor as long as the authority says.
    static Reply nothing(DnsResponseCode code, Resource.Authority authority) {
        return new Reply(code, true, false, List.of(), List.of(authority), List.of());
    }

    /// Bytes of the message. The name that was asked for is written once.
    int size(Query query) {
        int size = HEADER + (query.edns().isPresent() ? OPT : 0);
        var asked = "";
        for (var question : query.questions()) {
            asked = question.name();
            size += Resource.nameSize(asked) + TYPE_AND_CLASS;
        }
        for (var section : List.of(answers, authorities, additionals)) {
            for (var resource : section) {
                boolean known = resource.owner().equals(asked);
                size += known ? POINTER : Resource.nameSize(resource.owner());
                size += FIXED + resource.dataSize();
            }
        }
        return size;
    }

    /// As much of it as a datagram holds: without what was not asked for, and if that is still too
    /// much, nothing but the advice to ask over TCP.
    Reply withinDatagram(Query query, int limit) {
        if (size(query) <= limit) {
            return this;
        }
        var brief = withAnswers(answers);
        return brief.size(query) <= limit ? brief : cut();
    }

    /// As many answers as one message can carry.
    Reply withinMessage(Query query, int limit) {
        if (size(query) <= limit) {
            return this;
        }
        int fit = answers.size();
        while (withAnswers(answers.subList(0, fit)).size(query) > limit) {
            // The largest message has room for hundreds: halving costs little and ends soon.
            fit /= 2;
        }
        return withAnswers(answers.subList(0, fit));
    }

    /// No answer but the advice to ask over TCP.
    Reply cut() {
        return new Reply(code, authoritative, true, List.of(), List.of(), List.of());
    }

    private Reply withAnswers(List<Resource> some) {
        return new Reply(code, authoritative, truncated, some, authorities, List.of());
    }
}
