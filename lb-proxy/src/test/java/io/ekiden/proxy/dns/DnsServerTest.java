package io.ekiden.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ekiden.model.Endpoint;
import io.ekiden.proxy.vip.AddressRange;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is sent to a real socket, and what comes back.
@Timeout(60)
final class DnsServerTest {
    private static final String WEB = "web.marathon.mesos.";
    private static final String SERVICE = "_web._tcp.marathon.mesos.";

    private volatile SortedMap<String, Endpoint> endpoints = new TreeMap<>();
    private DnsServer server;
    private Client client;

    @BeforeEach
    void start() throws Exception {
        var listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server =
                new DnsServer(
                        new DnsConfig(List.of(listen), Duration.ofSeconds(7)),
                        new Zones(() -> endpoints, AddressRange.LOOPBACK));
        client = new Client(server.start().await(10, TimeUnit.SECONDS));
    }

    @AfterEach
    void end() {
        client.close();
        server.close();
    }

    @Test
    void aQuestionIsAnsweredWithItsIdAndNameAndATimeToLive() throws Exception {
        endpoints = Endpoints.many("/web", 2);

        var answer = client.ask(Client.question("wEb.marathon.mesos.", Client.A, 0)).message();

        assertThat(answer.id()).isEqualTo(Client.ID);
        assertThat(answer.isAuthoritativeAnswer()).isTrue();
        assertThat(answer.isRecursionDesired()).isTrue();
        assertThat(answer.isRecursionAvailable()).isFalse();
        assertThat(answer.isTruncated()).isFalse();
        assertThat(answer.count(DnsSection.ANSWER)).isEqualTo(2);
        DnsRecord first = answer.recordAt(DnsSection.ANSWER);
        assertThat(first.name()).isEqualTo("wEb.marathon.mesos.");
        assertThat(first.timeToLive()).isEqualTo(7);
    }

    @Test
    void aChangeIsInTheNextAnswer() throws Exception {
        var question = Client.question(WEB, Client.A, 0);
        assertThat(client.ask(question).message().code()).isEqualTo(DnsResponseCode.NXDOMAIN);

        endpoints = Endpoints.many("/web", 3);
        assertThat(client.ask(question).count(DnsSection.ANSWER)).isEqualTo(3);

        endpoints = Endpoints.many("/web", 1);
        assertThat(client.ask(question).count(DnsSection.ANSWER)).isEqualTo(1);
    }

    /// The sizes that are foretold must be those that are sent, or datagrams would be cut too late.
    @ParameterizedTest
    @CsvSource({"0, 512", "512, 512", "900, 900", "1232, 1232", "4096, 1232", "1, 512"})
    void aDatagramIsNeverLargerThanTheClientTakesNorThanWhatPassesEverywhere(int edns, int limit)
            throws Exception {
        int lastWhole = 0;
        for (int tasks = 1; tasks < 90; tasks += 2) {
            endpoints = Endpoints.many("/web", tasks);
            for (int type : new int[] {Client.A, Client.SRV}) {
                var name = type == Client.A ? WEB : SERVICE;
                var answer = client.ask(Client.question(name, type, edns));

                assertThat(answer.size()).isLessThanOrEqualTo(limit);
                boolean whole = answer.count(DnsSection.ANSWER) == tasks;
                assertThat(answer.message().isTruncated()).isEqualTo(!whole);
                lastWhole = whole && type == Client.A ? answer.size() : lastWhole;
            }
        }
        assertThat(lastWhole).as("no datagram is cut that would fit").isGreaterThan(limit - 32);
    }

    @Test
    void whatIsTooMuchForADatagramComesWholeOverTcp() throws Exception {
        endpoints = Endpoints.many("/web", 400);

        var cut = client.ask(Client.question(SERVICE, Client.SRV, 0));
        var whole = client.askOverTcp(Client.question(SERVICE, Client.SRV, 0));

        assertThat(cut.message().isTruncated()).isTrue();
        assertThat(cut.count(DnsSection.ANSWER)).isZero();
        assertThat(whole.message().isTruncated()).isFalse();
        assertThat(whole.count(DnsSection.ANSWER)).isEqualTo(400);
        assertThat(whole.count(DnsSection.ADDITIONAL)).isEqualTo(400);
    }

    @Test
    void moreThanOneMessageCarriesIsCutToWhatItCarries() throws Exception {
        endpoints = Endpoints.many("/web", 5_000);

        var answer = client.askOverTcp(Client.question(SERVICE, Client.SRV, 0));

        assertThat(answer.count(DnsSection.ANSWER)).isBetween(625, 1_300);
    }

    @Test
    void ednsIsAnsweredWithEdnsAndAnUnknownVersionOfItIsSaidToBe() throws Exception {
        var plain = client.ask(Client.question(WEB, Client.A, 0));
        var edns = client.ask(Client.question(WEB, Client.A, 4096));
        var later = client.ask(Client.message(0, 1, WEB, Client.A, 1, 4096, 1));

        assertThat(plain.count(DnsSection.ADDITIONAL)).isZero();
        DnsRecord opt = edns.message().recordAt(DnsSection.ADDITIONAL);
        assertThat(opt.type()).isEqualTo(DnsRecordType.OPT);
        assertThat(opt.dnsClass()).isEqualTo(1232);
        DnsRecord badVersion = later.message().recordAt(DnsSection.ADDITIONAL);
        assertThat(badVersion.timeToLive() >> 24).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "0x0000, 1, web.marathon.mesos., 1, 0",
        "0x0000, 0, web.marathon.mesos., 1, 1",
        "0x0000, 2, web.marathon.mesos., 1, 1",
        "0x1000, 1, web.marathon.mesos., 1, 4",
        "0x2800, 1, web.marathon.mesos., 1, 4",
        "0x0100, 1, web.marathon.mesos., 3, 5",
        "0x0100, 1, google.com., 1, 5"
    })
    void whatIsNoPlainQuestionIsDeclined(
            int flags, int questions, String name, int dnsClass, int code) throws Exception {
        endpoints = Endpoints.many("/web", 1);

        var answer = client.ask(Client.message(flags, questions, name, Client.A, dnsClass, 0, 0));

        assertThat(answer.message().code().intValue()).isEqualTo(code);
        assertThat(answer.count(DnsSection.ANSWER)).isEqualTo(code == 0 ? 1 : 0);
    }

    /// Two servers that answered answers would never end.
    @Test
    void anAnswerIsNotAnswered() throws Exception {
        client.send(Client.message(0x8000, 1, WEB, Client.A, 1, 0, 0));

        assertThat(client.hearsNothing()).isTrue();
    }

    @Test
    void nothingThatIsSentStopsTheServer() throws Exception {
        endpoints = Endpoints.many("/web", 1);
        var random = new Random(42);
        var question = Client.question(WEB, Client.SRV, 1232);
        for (int i = 0; i < 3_000; i++) {
            var bytes = question.clone();
            if (i % 3 == 0) {
                bytes = new byte[random.nextInt(600)];
                random.nextBytes(bytes);
            }
            for (int change = 0; change < 3 && bytes.length > 0; change++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            client.send(bytes);
        }
        // A name that points to itself, a label of 64, a cut header.
        client.send(with(question, 12, 0xc0, 0x0c));
        client.send(with(question, 12, 64));
        client.send(new byte[] {1, 2, 3});
        client.send(new byte[0]);

        // Where so much came at once some was dropped unseen, and this may be too.
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> {
                    try (var other = new Client(server.port())) {
                        var answer = other.ask(Client.question(WEB, Client.A, 0));
                        return answer.count(DnsSection.ANSWER) == 1;
                    }
                });
        // More than is ever needed, and a length that promises more than comes.
        for (int length : new int[] {5_000, 65_535, 0, 3}) {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                socket.setSoTimeout(5_000);
                socket.getOutputStream().write(new byte[] {(byte) (length >> 8), (byte) length});
                socket.getOutputStream().write(new byte[] {1, 2, 3});
                socket.shutdownOutput();
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
        }
        assertThat(client.askOverTcp(question).message().id()).isEqualTo(Client.ID);
    }

    private static byte[] with(byte[] message, int at, int... values) {
        var changed = message.clone();
        for (int i = 0; i < values.length; i++) {
            changed[at + i] = (byte) values[i];
        }
        return changed;
    }

    @Test
    void aSourceThatDrawsMuchIsAdvisedToAskOverTcp() throws Exception {
        endpoints = Endpoints.many("/web", 70);
        var question = Client.question(WEB, Client.A, 1232);
        int whole = 0;
        int sent = 0;
        for (int i = 0; i < 200; i++) {
            var answer = client.ask(question);
            whole += answer.message().isTruncated() ? 0 : 1;
            sent += answer.size();
        }

        assertThat(whole).isPositive();
        // 200 whole ones are 230,000 bytes; this may well have taken more than one second.
        assertThat(sent).isLessThan(200 * 1_000);
        assertThat(client.askOverTcp(question).count(DnsSection.ANSWER)).isEqualTo(70);
        assertThat(client.ask(Client.question("a.mesos.", Client.A, 0)).message().code())
                .as("small answers are always given")
                .isEqualTo(DnsResponseCode.NXDOMAIN);
    }
}
