package io.ekiden.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.model.Endpoint;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ZoneTest {
    private static final Endpoint WEB_1 =
            Endpoints.of(
                    "/shop/web", 1, 0, Optional.of("http"), "10.0.0.1", 31_001, "tcp", Map.of());
    private static final Endpoint WEB_2 =
            Endpoints.of(
                    "/shop/web", 2, 0, Optional.of("http"), "10.0.0.2", 31_002, "tcp", Map.of());

    private static Zone zone(Collection<Endpoint> endpoints) {
        return Zone.of(endpoints, Map.of());
    }

    private static List<String> ask(Zone zone, String name, DnsRecordType type) {
        return zone.answer(name, type, 0).answers().stream().map(ZoneTest::shown).toList();
    }

    private static String shown(Resource resource) {
        return switch (resource) {
            case Resource.Address(_, var address) -> address.getHostAddress();
            case Resource.Service(_, var port, _) -> "port " + port;
            case Resource.Authority(var zone) -> "authority of " + zone;
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "web-shop.marathon.mesos.",
                "web-shop.marathon.slave.mesos.",
                "web-shop.marathon.containerip.dcos.thisdcos.directory.",
                "web-shop.marathon.agentip.dcos.thisdcos.directory.",
                "web-shop.marathon.autoip.dcos.thisdcos.directory.",
                "WEB-Shop.marathon.MESOS."
            })
    void anAppHasTheNamesOfMesosDnsAndDcos(String name) {
        var zone = zone(List.of(WEB_1, WEB_2));

        assertThat(ask(zone, name, DnsRecordType.A)).containsExactly("10.0.0.1", "10.0.0.2");
        assertThat(zone.answer(name, DnsRecordType.A, 0).answers())
                .allMatch(r -> r.owner().equals(name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "_web-shop._tcp.marathon.mesos.",
                "_web-shop._tcp.marathon.slave.mesos.",
                "_http._web-shop._tcp.marathon.mesos."
            })
    void aServiceNamesItsPortsAndWhereTheyAre(String name) {
        var zone = zone(List.of(WEB_1, WEB_2));
        var reply = zone.answer(name, DnsRecordType.SRV, 0);

        assertThat(ask(zone, name, DnsRecordType.SRV)).containsExactly("port 31001", "port 31002");
        assertThat(reply.additionals().stream().map(ZoneTest::shown))
                .containsExactly("10.0.0.1", "10.0.0.2");
        for (var answer : reply.answers()) {
            var target = ((Resource.Service) answer).target();
            assertThat(ask(zone, target, DnsRecordType.A)).hasSize(1);
        }
    }

    @Test
    void portsAreToldApartByNameAndProtocol() {
        var zone =
                zone(
                        List.of(
                                WEB_1,
                                Endpoints.of(
                                        "/shop/web",
                                        1,
                                        1,
                                        Optional.of("stats"),
                                        "10.0.0.1",
                                        31_009,
                                        "udp,tcp",
                                        Map.of())));

        assertThat(ask(zone, "_web-shop._tcp.marathon.mesos.", DnsRecordType.SRV))
                .containsExactly("port 31001", "port 31009");
        assertThat(ask(zone, "_web-shop._udp.marathon.mesos.", DnsRecordType.SRV))
                .containsExactly("port 31009");
        assertThat(ask(zone, "_stats._web-shop._tcp.marathon.mesos.", DnsRecordType.SRV))
                .containsExactly("port 31009");
        assertThat(ask(zone, "web-shop.marathon.mesos.", DnsRecordType.A))
                .as("an address that two ports share stands there once")
                .containsExactly("10.0.0.1");
    }

    @Test
    void anAddressOfTheLaterProtocolIsOfTheOtherType() {
        var zone = zone(List.of(WEB_1, Endpoints.of("/shop/web", 3, "fd00::3", 31_003)));

        assertThat(ask(zone, "web-shop.marathon.mesos.", DnsRecordType.A))
                .containsExactly("10.0.0.1");
        assertThat(ask(zone, "web-shop.marathon.mesos.", DnsRecordType.AAAA))
                .containsExactly("fd00:0:0:0:0:0:0:3");
    }

    @Test
    void onlyWhatIsReadyHasAnAddressAndWhatDrainsKeepsItsName() {
        var one = zone(List.of(WEB_1, Endpoints.draining(WEB_2)));
        var none = zone(List.of(Endpoints.draining(WEB_2)));
        var name = "web-shop.marathon.mesos.";

        assertThat(ask(one, name, DnsRecordType.A)).containsExactly("10.0.0.1");
        assertThat(none.answer(name, DnsRecordType.A, 0).answers()).isEmpty();
        assertThat(none.answer(name, DnsRecordType.A, 0).code()).isEqualTo(DnsResponseCode.NOERROR);
    }

    @Test
    void everyAnswerComesFirstInTurn() {
        var zone = zone(Endpoints.many("/a", 3).values());
        var first =
                IntStream.of(-2, -1, 0, Integer.MAX_VALUE)
                        .mapToObj(turn -> zone.answer("a.marathon.mesos.", DnsRecordType.A, turn))
                        .map(reply -> shown(reply.answers().getFirst()))
                        .toList();

        assertThat(first).containsExactly("10.1.0.2", "10.1.0.3", "10.1.0.1", "10.1.0.2");
    }

    @ParameterizedTest
    @CsvSource({
        "nobody.marathon.mesos., A, 3, mesos.",
        "web-shop.marathon.mesos., AAAA, 0, mesos.",
        "web-shop.marathon.mesos., TXT, 0, mesos.",
        "marathon.mesos., A, 0, mesos.",
        "_tcp.marathon.mesos., A, 0, mesos.",
        "mesos., A, 0, mesos.",
        "dcos.thisdcos.directory., A, 0, thisdcos.directory.",
        "x.thisdcos.directory., A, 3, thisdcos.directory."
    })
    void whatIsNotThereIsToldFromWhatHasNoSuchRecord(
            String name, String type, int code, String zone) {
        var reply = zone(List.of(WEB_1)).answer(name, DnsRecordType.valueOf(type), 0);

        assertThat(reply.code().intValue()).isEqualTo(code);
        assertThat(reply.authoritative()).isTrue();
        assertThat(reply.answers()).isEmpty();
        assertThat(reply.authorities()).containsExactly(new Resource.Authority(zone));
    }

    @ParameterizedTest
    @CsvSource({
        "example.com., A",
        "com., A",
        "., NS",
        "notmesos., A",
        "mesos., AXFR",
        "mesos.example.com., A"
    })
    void whatIsNotOursIsRefusedAndSoIsTheWholeZone(String name, String type) {
        var reply = zone(List.of(WEB_1)).answer(name, DnsRecordType.valueOf(type), 0);

        assertThat(reply).isEqualTo(Reply.refusal(DnsResponseCode.REFUSED));
    }

    @Test
    void whoAsksForEverythingGetsRecordsOfOneType() {
        var zone = zone(List.of(WEB_1, Endpoints.of("/shop/web", 3, "fd00::3", 31_003)));

        assertThat(ask(zone, "web-shop.marathon.mesos.", DnsRecordType.ANY))
                .containsExactly("10.0.0.1");
        assertThat(ask(zone, "mesos.", DnsRecordType.SOA)).containsExactly("authority of mesos.");
    }

    @Test
    void longAndStrangeNamesAreMadeToFit() {
        var app = "/g.h/" + "long-".repeat(12) + "x";
        var zone =
                zone(
                        List.of(
                                Endpoints.of(
                                        app,
                                        1,
                                        0,
                                        Optional.of("_My Port_" + "y".repeat(80)),
                                        "10.0.0.1",
                                        31_001,
                                        "tcp",
                                        Map.of())));
        var label = "long-".repeat(12) + "x-g";
        var named = "_my" + "port-" + "y".repeat(55) + "._" + label.substring(0, 61);

        assertThat(ask(zone, label + ".marathon.mesos.", DnsRecordType.A)).hasSize(1);
        assertThat(ask(zone, named + "._tcp.marathon.mesos.", DnsRecordType.SRV)).hasSize(1);
        for (var task : zone.tasks()) {
            assertThat(task.resources())
                    .flatMap(r -> List.of(r.owner().split("\\.", -1)))
                    .allMatch(part -> part.length() <= 63);
        }
    }

    @Test
    void aNameThatTwoAppsWouldHaveBelongsToTheFirstOfThemById() {
        var zone =
                zone(
                        List.of(
                                Endpoints.of("/c-b/a", 1, "10.0.0.9", 31_001),
                                Endpoints.of("/b/a-c", 1, "10.0.0.8", 31_001),
                                Endpoints.of("/c/b/a", 1, "10.0.0.7", 31_001)));

        assertThat(ask(zone, "a-c-b.marathon.mesos.", DnsRecordType.A)).containsExactly("10.0.0.8");
        assertThat(ask(zone, "a-b-c.marathon.mesos.", DnsRecordType.A)).containsExactly("10.0.0.7");
        assertThat(zone.problems())
                .singleElement()
                .hasToString("Problem[runSpecId=/c-b/a, reason=name a-c-b belongs to /b/a-c]");
    }

    @Test
    void anEndpointWithoutAnAddressOrANameIsShownAndHarmsNobody() {
        var zone =
                zone(
                        List.of(
                                WEB_1,
                                Endpoints.of("/shop/web", 2, "some.host", 31_001),
                                Endpoints.of("/", 2, "10.0.0.2", 31_001)));

        assertThat(ask(zone, "web-shop.marathon.mesos.", DnsRecordType.A))
                .containsExactly("10.0.0.1");
        assertThat(zone.problems())
                .extracting(p -> p.runSpecId().value())
                .containsExactly("/", "/shop/web");
    }

    @Test
    void aVirtualAddressHasItsName() {
        var name = "db.marathon.l4lb.thisdcos.directory.";
        var zone = Zone.of(List.of(WEB_1), Map.of(name, InetAddress.ofLiteral("127.128.0.9")));

        assertThat(ask(zone, name, DnsRecordType.A)).containsExactly("127.128.0.9");
        assertThat(zone.answer(name, DnsRecordType.AAAA, 0).code())
                .isEqualTo(DnsResponseCode.NOERROR);
    }
}
