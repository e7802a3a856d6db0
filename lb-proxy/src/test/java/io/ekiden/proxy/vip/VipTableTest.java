package io.ekiden.proxy.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.ekiden.model.Endpoint;
import io.ekiden.model.InstanceId;
import io.ekiden.model.PathId;
import io.ekiden.model.Sorted;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VipTableTest {
    private static final AddressRange RANGE = AddressRange.LOOPBACK;

    private static Endpoint endpoint(String app, String protocol, Map<String, String> labels) {
        var id = PathId.of(app);
        return new Endpoint(
                InstanceId.of(id, "0000-1").task(1),
                id,
                0,
                Optional.empty(),
                "10.0.0.1",
                31_000,
                0,
                protocol,
                Sorted.copyOf(labels),
                Endpoint.State.READY);
    }

    private static Endpoint endpoint(String app, String value) {
        return endpoint(app, "tcp", Map.of("VIP_0", value));
    }

    private static VipTable table(Endpoint... endpoints) {
        return VipTable.of(List.of(endpoints), RANGE);
    }

    @ParameterizedTest
    @CsvSource({
        "/mygroup/myapp:80, mygroupmyapp.marathon.l4lb.thisdcos.directory.",
        "/db:5432, db.marathon.l4lb.thisdcos.directory.",
        "/My/App:80, myapp.marathon.l4lb.thisdcos.directory.",
        "/my.sched:80, my.sched.l4lb.thisdcos.directory.",
        "/my.sched:80, my.sched.marathon.l4lb.thisdcos.directory."
    })
    void aNameIsWhatDcosMakesOfIt(String label, String name) {
        var table = table(endpoint("/a", label));

        assertThat(table.names()).containsKey(name);
        assertThat(table.problems()).isEmpty();
        assertThat(table.names().values()).allMatch(RANGE::contains);
    }

    /// Written down: were it another in a later version, clients would be sent astray while
    /// versions run side by side.
    @Test
    void aNamesAddressIsTheSameForEver() {
        var table = table(endpoint("/a", "/db:5432"), endpoint("/b", "/mygroup/myapp:80"));

        assertThat(table.names().values())
                .extracting(InetAddress::getHostAddress)
                .containsExactly("127.223.183.9", "127.197.142.32");
    }

    @Test
    void allPortsOfANameHaveItsAddressAndSeveralAppsMayStandBehindOne() {
        var table =
                table(
                        endpoint("/blue", "tcp", Map.of("VIP_0", "/db:1", "VIP_1", "/db:2")),
                        endpoint("/green", "tcp", Map.of("vip_7", "/db:1", "VIP_8", "/db:1")));

        assertThat(table.endpoints().keySet()).hasToString("[/db:1, /db:2]");
        assertThat(table.endpoints().get(new Vip("db", true, 1)))
                .extracting(e -> e.runSpecId().value())
                .containsExactly("/blue", "/green");
        assertThat(table.address(new Vip("db", true, 1)))
                .isEqualTo(table.address(new Vip("db", true, 2)));
    }

    @Test
    void anAddressOfTheRangeIsTakenAsItIsAndGivenToNoName() {
        var db = table(endpoint("/a", "/db:1")).address(new Vip("db", true, 1));
        var table = table(endpoint("/a", "/db:1"), endpoint("/b", db.getHostAddress() + ":1"));

        assertThat(table.problems()).isEmpty();
        assertThat(table.address(new Vip(db.getHostAddress(), false, 1))).isEqualTo(db);
        assertThat(table.address(new Vip("db", true, 1))).isNotEqualTo(db);
    }

    @Test
    void namesThatShareAHashHaveAddressesOfTheirOwnInWhateverOrderTheyCome() {
        var small = AddressRange.parse("10.1.2.0/24").orElseThrow();
        var endpoints = new ArrayList<Endpoint>();
        for (int i = 0; i < 64; i++) {
            endpoints.add(endpoint("/a" + i, "/name" + i + ":80"));
        }
        var names = VipTable.of(endpoints, small).names();
        Collections.shuffle(endpoints, new Random(1));

        assertThat(new HashSet<>(names.values())).hasSize(64);
        assertThat(VipTable.of(endpoints, small).names()).isEqualTo(names);
        endpoints.add(endpoint("/one", "/more:80"));
        assertThat(VipTable.of(endpoints, small).problems())
                .singleElement()
                .asString()
                .contains("/one", "more than 64");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "80",
                "db:80",
                "/:80",
                "/db",
                "/db:",
                "/db:0",
                "/db:65536",
                "/db:http",
                "/d b:80",
                "/db_1:80",
                "/-db:80",
                "/a..b:80",
                "/127.128.0.9:80",
                "127.0.0.1:80",
                "10.1.2.3:80",
                "0.0.0.0:22",
                "300.1.1.1:80",
                "[::1]:80"
            })
    void aLabelThatMakesNoSenseIsShownAndNothingElse(String value) {
        var table = table(endpoint("/a", "tcp", Map.of("VIP_0", value, "VIP_1", "/good:80")));

        assertThat(table.endpoints().keySet()).hasToString("[/good:80]");
        assertThat(table.problems())
                .singleElement()
                .satisfies(p -> assertThat(p.runSpecId().value()).isEqualTo("/a"))
                .satisfies(p -> assertThat(p.reason()).startsWith("VIP_0: "));
    }

    @Test
    void udpIsShownAndOtherLabelsAreNotLookedAt() {
        assertThat(table(endpoint("/a", "udp", Map.of("VIP_0", "/db:80"))).problems()).hasSize(1);
        assertThat(table(endpoint("/a", "udp,tcp", Map.of("VIP_0", "/db:80"))).endpoints())
                .hasSize(1);

        var other = table(endpoint("/a", "tcp", Map.of("VIP", "x", "VIP_x", "x", "MY_VIP_0", "x")));
        assertThat(other.endpoints()).isEmpty();
        assertThat(other.problems()).isEmpty();
    }
}
